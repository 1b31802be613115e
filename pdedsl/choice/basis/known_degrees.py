r"""The degree in each axis of the known terms of a problem.

A known term (see `wavenumbers`), at the place of its law, is interpolated along every axis at the
zeros of a Chebyshev polynomial, or at equispaced points of a periodic axis. Its degree there is
that of the last coefficient above rounding of the largest, on any line of the others' nodes: a
smooth function has coefficients that fall faster than any power (Trefethen, Approximation Theory
and Approximation Practice, 2013, chapters 7 and 8). Rounding is the level of the last quarter of
the coefficients, which depends on the term: sin x on [500, 501] has an error of 500 units in the
last place.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.fft
import sympy as sp

from pdedsl.calculus.features import features_of
from pdedsl.calculus.features.feature import describe
from pdedsl.choice.wavenumbers import function_of, known_terms
from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import component_axes, require_boxes
from pdedsl.geometry import place_bounds
from pdedsl.ir import Boundary, Global, Law, Problem, Slice
from pdedsl.transforms.single_rows import split_rows
from pdedsl.transforms.smooth_starts import start_jumps

_ROUNDING = 1e-14  # of the largest coefficient
_NOISE, _ABOVE = 1e-10, 4.0  # the most that the last quarter may be, and what is above it
_NODES = {1: 4096, 2: 192, 3: 48}  # of each axis, by the number of axes

Ends = tuple[tuple[float, float], ...]
"""The intervals of all inputs."""


class NotSmoothError(ValueError):
    """A known term is not smooth on the box, or the nodes do not resolve it."""


def known_degrees(problem: Problem) -> tuple[int, ...]:
    """Degrees, or wave numbers of periodic axes, of all known terms.

    Args:
        problem: on boxes of up to three inputs, which all unknowns have, in one order.

    Returns:
        One for each argument of the unknowns; 0 where all terms are constant along it.

    Raises:
        NotSmoothError: a known term is not smooth on the box, or changes faster than its nodes see.
        ValueError: other inputs.
    """
    require_boxes(problem)
    axes, arguments = component_axes(problem), {field.arguments for field in problem.fields}
    order = next(iter(arguments))
    different = len({tuple(axis.period for axis in own) for own in axes}) > 1
    if len(arguments) > 1 or different or len(order) < len(problem.inputs):
        raise ValueError("the unknowns have different inputs")
    if len(problem.inputs) not in _NODES:
        raise ValueError(f"{len(problem.inputs)} inputs are too many for a tensor of nodes")
    periods = {s: axis.period for s, axis in zip(order, axes[0], strict=True)}
    circles = [periods[s] is not None for s in problem.inputs]
    _check_features(problem)
    degrees = [0] * len(circles)
    for law, term, ends in _terms(problem):
        try:
            values = _values(term, problem, _points(ends, circles))
            found = [_degree(values, axis, circle) for axis, circle in enumerate(circles)]
        except NotSmoothError as error:
            raise NotSmoothError(f"a known term of {_place(problem, law)} {error}") from None
        degrees = [max(pair) for pair in zip(degrees, found, strict=True)]
    return tuple(degrees[problem.inputs.index(s)] for s in order)


def _check_features(problem: Problem) -> None:
    """Refuse what no polynomial of some thousand degrees follows, which the nodes may not see.

    Raises:
        NotSmoothError: it has a feature that is narrower than the distance of the nodes, or
            initial and boundary values contradict each other.
    """
    if jumps := [jump for jump in start_jumps(split_rows(problem)) if not jump.rate]:
        raise NotSmoothError(
            f"the start jumps or has a kink at {jumps[0].space} = {jumps[0].end:g}"
        )
    least = math.pi / _NODES[len(problem.inputs)]
    for law in problem.laws:
        for _, features in features_of(problem, law):
            for point in (point for feature in features for point in feature.points):
                if 0 < point.widths.min() < least:
                    place = describe(point, problem.inputs)
                    raise NotSmoothError(f"{law.label} changes fast near {place}")


def _place(problem: Problem, law: Law) -> str:
    """The label of a law, and where it has a jump, a kink or a pole, as far as that is known."""
    parts = (features for _, features in features_of(problem, law))
    sharp = [f.points[0] for features in parts for f in features if f.sharp]
    return f"{law.label}, near {describe(sharp[0], problem.inputs)}," if sharp else law.label


def _terms(problem: Problem) -> list[tuple[Law, sp.Expr, Ends]]:
    """The known terms at the places of their laws, those that are not constant there."""
    out: dict[tuple[sp.Expr, Ends], Law] = {}
    for law, term in known_terms(problem):
        ends = tuple(place_bounds(problem, law.place).values())
        for fixed in _fixed(law):
            values = {symbol: problem.substitute(value) for symbol, value in fixed.items()}
            here = sp.sympify(term.subs(values))
            if here.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
                place = _place(problem, law)
                raise NotSmoothError(f"a known term of {place} is not finite everywhere")
            if here.free_symbols:
                out.setdefault((here, ends), law)
    return [(law, *key) for key, law in out.items()]


def _fixed(law: Law) -> list[dict[sp.Symbol, sp.Expr]]:
    """The inputs that are fixed at each part of a law's place."""
    place = law.place
    if isinstance(place, Boundary):
        return [{face.axis: face.value} for face in place.faces]
    return [dict(place.fixed) if isinstance(place, Slice | Global) else {}]


def _points(ends: Ends, circles: list[bool]) -> list[Array]:
    """Nodes of each axis, spread over the others."""
    n, lines = _NODES[len(circles)], []
    for (lower, upper), circle in zip(ends, circles, strict=True):
        unit = np.arange(n) / n if circle else (1 + np.cos(np.pi * (np.arange(n) + 0.5) / n)) / 2
        lines.append(lower + (upper - lower) * unit)
    return list(np.meshgrid(*lines, indexing="ij"))


def _values(term: sp.Expr, problem: Problem, points: list[Array]) -> Array:
    values = np.broadcast_to(function_of(problem, term)(*points), points[0].shape)
    if not np.isfinite(values).all():
        raise NotSmoothError("is not finite everywhere")
    if not values.any():
        raise NotSmoothError("is zero at all nodes")
    return values


def _degree(values: Array, axis: int, circle: bool) -> int:
    """The degree along an axis.

    Raises:
        NotSmoothError: the nodes do not resolve the term.
    """
    coefficients = np.abs(
        scipy.fft.rfft(values, axis=axis) if circle else scipy.fft.dct(values, axis=axis)
    )
    sizes = coefficients.max(axis=tuple(i for i in range(values.ndim) if i != axis))
    largest, last = sizes.max(), sizes[3 * len(sizes) // 4 :].max()
    if last > _NOISE * largest:
        raise NotSmoothError("is not smooth")
    above = np.flatnonzero(sizes > max(_ROUNDING * largest, _ABOVE * last))
    return int(above[-1])
