"""Quadrature nodes on the box of a piece, enough of them for the functions of a basis.

Gauss–Legendre along every axis; the uniform grid where all functions are periodic and no
coefficient varies, which is exact there; scrambled Sobol points where a product rule would have
too many nodes, as it has with many axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, pi, prod

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import Discretisation, Part
from pdedsl.geometry import FloatBox, line_rule, unit_points
from pdedsl.geometry.tensor import composite_rule, product_rule
from pdedsl.ir import NotNumericError, evaluate

from .pieces import Piece

MOST_NODES = 60_000
QUASI_RANDOM_NODES = 8_192
_GROWTH = 1.4


@dataclass(frozen=True, eq=False)
class Nodes:
    """Points of a free box and weights with the sum 1.

    Args:
        points: shape (q, free).
        weights: shape (q,).
        text: the rule in words.
        random: whether it is a quasi-random sequence.
    """

    points: Array
    weights: Array
    text: str
    random: bool = False


def counts_for(
    discretisation: Discretisation, piece: Piece, uniform: Sequence[bool]
) -> tuple[int, ...]:
    """Nodes along each free axis that integrate products of two functions to rounding.

    Polynomials of degree K need K + 1 Gauss–Legendre nodes and waves with m turns in the product
    2m + 1 nodes of a uniform grid. For e^{izξ} on [−1, 1] the error of n Gauss–Legendre nodes
    falls faster than any power once 2n > z, within a transition of the width z^{1/3}.
    """
    out = []
    for column, length, even in zip(piece.free, piece.box.lengths, uniform, strict=True):
        own = [p for p in discretisation.parts if column in p.columns]
        counts = (_count(discretisation, p, column, length, even) for p in own)
        out.append(max(counts, default=1))
    return tuple(out)


def _count(
    discretisation: Discretisation, part: Part, column: int, length: float, even: bool
) -> int:
    options = discretisation.options
    if options.family.startswith("random"):
        return ceil(8 * options.bandwidth) + 20
    wave = _wave_number(discretisation, part, column)
    if wave is None:
        return options.modes_of(part.columns.index(column)) + 1
    z = wave * length
    if even:
        return 2 * round(z / (2 * pi)) + 1
    return ceil(z / 2 + 3 * z ** (1 / 3)) + 10


def _wave_number(discretisation: Discretisation, part: Part, column: int) -> float | None:
    """Largest wave number of a component along an input; None for polynomials."""
    place = part.columns.index(column)
    if part.basis.frequencies is not None:
        return float(np.abs(part.basis.frequencies[:, place]).max())
    period = part.basis.axes[place].period
    return None if period is None else 2 * pi * discretisation.options.modes_of(place) / period


def uniform_axes(
    discretisation: Discretisation, piece: Piece, varying: Sequence[int]
) -> tuple[bool, ...]:
    """On which free axes all functions and coefficients are periodic, with whole periods.

    ``varying`` are the columns of the inputs that coefficients or conditions depend on.
    """
    out = []
    for column, length in zip(piece.free, piece.box.lengths, strict=True):
        axes = [
            p.basis.axes[p.columns.index(column)]
            for p in discretisation.parts if column in p.columns
        ]  # fmt: skip
        turns = [length / a.period if a.period else 0.0 for a in axes]
        whole = all(t > 0.5 and abs(t - round(t)) < 1e-9 for t in turns)
        out.append(bool(axes) and whole and column not in varying)
    return tuple(out)


def nodes_for(
    box: FloatBox, counts: Sequence[int], uniform: Sequence[bool], breaks: Sequence[Sequence[float]]
) -> Nodes:
    """The product rule, or quasi-random points where that has more than `MOST_NODES`."""
    if tensor_size(counts, breaks) > MOST_NODES:
        points = box.place(unit_points("sobol", QUASI_RANDOM_NODES, box.dimension, 0))
        weights = np.full(len(points), 1 / len(points))
        return Nodes(points, weights, f"{len(points)} scrambled Sobol points", random=True)
    return tensor_nodes(box, counts, uniform, breaks)


def tensor_nodes(
    box: FloatBox, counts: Sequence[int], uniform: Sequence[bool], breaks: Sequence[Sequence[float]]
) -> Nodes:
    """A product rule.

    Args:
        box: the free box; without axes it is one point.
        counts: nodes along each axis, or along each part of it between breaks.
        uniform: where to take the uniform grid.
        breaks: points of each axis where the integrand is not smooth.
    """
    lines = []
    for low, high, n, even, own in zip(box.lower, box.upper, counts, uniform, breaks, strict=True):
        if even:
            unit, weights = line_rule(n, periodic=True)
            lines.append((low + (high - low) * unit, weights))
        else:
            lines.append(composite_rule((low, *own, high), n))
    return Nodes(*product_rule(lines), _text(lines, uniform))


def tensor_size(counts: Sequence[int], breaks: Sequence[Sequence[float]]) -> int:
    """Number of nodes of `tensor_nodes`."""
    return prod(_sides(counts, breaks))


def longest_side(counts: Sequence[int], breaks: Sequence[Sequence[float]]) -> int:
    """Number of nodes of `tensor_nodes` along the axis that has most."""
    return max(_sides(counts, breaks), default=1)


def _sides(counts: Sequence[int], breaks: Sequence[Sequence[float]]) -> list[int]:
    return [n * (len(b) + 1) for n, b in zip(counts, breaks, strict=True)]


def first_half(nodes: Nodes) -> Nodes:
    """The first half of a quasi-random sequence, which is one as well."""
    half = len(nodes.weights) // 2
    return Nodes(nodes.points[:half], nodes.weights[:half] * 2, nodes.text, random=True)


def more_nodes(counts: tuple[int, ...], grown: Sequence[bool]) -> tuple[int, ...]:
    """The next larger counts, on some of the axes."""
    return tuple(
        max(n + 4, round(n * _GROWTH)) if g else n for n, g in zip(counts, grown, strict=True)
    )


def fewer_nodes(counts: tuple[int, ...], grown: Sequence[bool]) -> tuple[int, ...]:
    """The next smaller counts, on some of the axes."""
    return tuple(max(1, round(n / _GROWTH)) if g else n for n, g in zip(counts, grown, strict=True))


def breaks_of(
    expressions: Sequence[sp.Basic],
    symbols: Sequence[sp.Symbol],
    box: FloatBox,
    fixed: Mapping[sp.Symbol, float] | None = None,
) -> tuple[tuple[tuple[float, ...], ...], bool]:
    """Inner points of each axis where a condition changes or a kink lies, and if these are all.

    Read from comparisons, |·|, sign, step functions, min and max whose argument is linear in a
    single coordinate, with the values of the fixed ones. A function in the argument says nothing.
    """
    found: list[set[float]] = [set() for _ in symbols]
    all_found = True
    values = {s: sp.Float(v) for s, v in (fixed or {}).items()}
    for argument in (a for e in expressions for a in _switches(e)):
        if argument.atoms(AppliedUndef):
            all_found = False
            continue
        argument = argument.xreplace(values)
        own = [i for i, s in enumerate(symbols) if argument.has(s)]
        if not own:
            continue
        root = _root(argument, symbols[own[0]]) if len(own) == 1 else None
        if root is None:
            all_found = False
        else:
            found[own[0]].add(root)
    breaks = tuple(
        tuple(sorted(v for v in own if low < v < high))
        for own, low, high in zip(found, box.lower, box.upper, strict=True)
    )
    return breaks, all_found


def _switches(expression: sp.Basic) -> list[sp.Expr]:
    out = [r.lhs - r.rhs for r in expression.atoms(sp.core.relational.Relational)]
    out += [e.args[0] for e in expression.atoms(sp.Abs, sp.sign, sp.Heaviside)]
    for e in expression.atoms(sp.Min, sp.Max):
        out += [a - b for i, a in enumerate(e.args) for b in e.args[i + 1 :]]
    return out


def _root(argument: sp.Expr, symbol: sp.Symbol) -> float | None:
    """Zero of a linear function of the symbol; None for other functions."""
    try:
        zero, one, two = (float(evaluate(argument, {symbol: x})) for x in (0.0, 1.0, 2.0))
    except NotNumericError:
        return None
    slope = one - zero
    linear = abs(two - 2 * one + zero) <= 1e-12 * (abs(zero) + abs(one) + abs(two))
    return -zero / slope if linear and slope else None


def _text(lines: Sequence[tuple[Array, Array]], uniform: Sequence[bool]) -> str:
    if not lines:
        return "one point"
    counts = " × ".join(str(len(x)) for x, _ in lines)
    kinds = {"the uniform grid" if even else "Gauss-Legendre" for even in uniform}
    return f"{' and '.join(sorted(kinds))}, {counts} nodes"
