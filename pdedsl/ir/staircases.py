"""Where floor(g) has its steps: the places along one input at which g is a whole number."""

from __future__ import annotations

import math

import numpy as np
import sympy as sp

from .evaluation import Array, evaluate
from .roots import real_roots

MOST_STEPS = 200
"""Steps that are looked for one by one: a basis on each piece between them is the most that a
decomposition of a line solves in seconds."""

_NODES = 4097  # at which g is looked at; two steps between neighbours are seen where g is monotone
_HALVINGS = 60  # to rounding, from the distance of two nodes
_NEAR = 1e-12  # of the interval: a step at an end of it, but for rounding


class TooManyStepsError(ValueError):
    """More steps than `MOST_STEPS`."""


def turns_of(switch: sp.Expr) -> sp.Expr | None:
    """The g of c sin(π g), also where sympy has written that as a cosine; None of all else."""
    _, rest = switch.as_coeff_Mul()
    if isinstance(rest, sp.sin):
        return rest.args[0] / sp.pi
    if isinstance(rest, sp.cos):
        return rest.args[0] / sp.pi + sp.Rational(1, 2)
    return None


def steps_between(g: sp.Expr, axis: sp.Symbol, lower: float, upper: float) -> list[float]:
    """The positions inside (lower, upper) at which g is a whole number, ascending.

    Args:
        g: in the one input alone.
        axis: the input.
        lower: where the interval begins.
        upper: where it ends.

    Raises:
        TooManyStepsError: there are more than `MOST_STEPS`.
        NotNumericError: g has no values as real numbers.
    """
    place = np.linspace(lower, upper, _NODES)
    values = np.broadcast_to(np.asarray(evaluate(g, {axis: place}), dtype=float), place.shape)
    count = steps_passed(values)[-1]
    if count > MOST_STEPS:
        raise TooManyStepsError(f"expected at most {MOST_STEPS} steps, got {count:g}")
    found = _of_polynomial(g, axis, values) if g.is_polynomial(axis) else _halved(g, axis, place)
    near = _NEAR * (upper - lower)
    out: list[float] = []
    for at in sorted(found):
        if lower + near < at < upper - near and (not out or at - out[-1] > near):
            out.append(at)
    return out


def steps_passed(values: Array) -> Array:
    """How many whole numbers values have passed up to each interval of nodes, on the way most on.

    Args:
        values: (..., n) of g along lines; nan passes nothing.

    Returns:
        (n - 1,), the largest over the lines.
    """
    passed = np.nan_to_num(np.abs(np.diff(np.floor(values), axis=-1)), nan=0.0, posinf=0.0)
    return np.cumsum(passed, axis=-1).reshape(-1, passed.shape[-1]).max(axis=0)


def _of_polynomial(g: sp.Expr, axis: sp.Symbol, values: Array) -> list[float]:
    """All zeros of g − n; one beyond both ends, as an extreme may lie between two nodes."""
    first, last = math.floor(values.min()) - 1, math.ceil(values.max()) + 1
    if axis not in g.free_symbols:
        return []
    return [root for n in range(first, last + 1) for root in real_roots(sp.expand(g - n), axis)]


def _halved(g: sp.Expr, axis: sp.Symbol, place: Array) -> list[float]:
    """By halving the intervals of nodes in which g ≥ n changes."""

    def at(x: Array) -> Array:
        return np.broadcast_to(np.asarray(evaluate(g, {axis: x}), dtype=float), x.shape)

    whole = np.floor(at(place))
    pairs = [
        (place[i], place[i + 1], n)
        for i in np.flatnonzero(np.diff(whole) != 0)
        for n in np.arange(min(whole[i : i + 2]) + 1, max(whole[i : i + 2]) + 1)
    ]
    if not pairs:
        return []
    below, above, levels = map(np.array, zip(*pairs, strict=True))
    side = at(below) >= levels
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        left = (at(middle) >= levels) == side
        below, above = np.where(left, middle, below), np.where(left, above, middle)
    return above.tolist()
