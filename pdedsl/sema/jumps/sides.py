"""Both sides of a switch in numbers: where it changes, and whether an expression jumps there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry.bounds import Bounds
from pdedsl.ir import evaluate, zeros_between
from pdedsl.ir.staircases import MOST_STEPS, turns_of

BESIDE = 1e-9  # of the length of the axis: far less than what tells a kink from a jump by `_SAME`

_LINES, _NODES = 8, 4097  # along which switches are looked for; choices
_HALVINGS = 50
_SAME = 1e-6
_AT_POLE = (1, 3, 10)  # distances from a pole over `BESIDE` at which a bounded function is the same
_STEADY, _JUMP = 1e-2, 0.1  # as far as that is so, and what is a jump beside the rounding there

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def positions(switch: sp.Expr, axis: sp.Symbol, interval: tuple[float, float]) -> list[float]:
    """Where a switch of one input alone changes its sign; empty for more than `MOST_STEPS`."""
    start, end = interval
    found = zeros_between(switch, axis, start, end)
    if found or switch.is_polynomial(axis) or turns_of(switch) is not None:
        return found
    _, below, above = _crossings(lambda x, _: evaluate(switch, {axis: x}), _nodes(interval)[None])
    near = BESIDE * (end - start)
    inside = [at for at in ((below + above) / 2).tolist() if start + near < at < end - near]
    return inside if len(inside) <= MOST_STEPS else []


def _nodes(interval: tuple[float, float]) -> Array:
    """Nodes of an interval at distances that differ, so that no period hides between them."""
    start, end = interval
    inner = np.arange(1, _NODES - 1) + np.random.default_rng(1).uniform(-0.4, 0.4, _NODES - 2)
    return start + (end - start) * np.concatenate([[0.0], inner / (_NODES - 1), [1.0]])


def _crossings(gap: Callable[[Array, Indices], Any], place: Array) -> tuple[Indices, Array, Array]:
    """The line and both sides of every change of sign between neighbouring nodes.

    Args:
        gap: from positions and the lines that they are on, (m,) each.
        place: (lines, nodes).
    """

    def positive(x: Array, line: Indices) -> NDArray[np.bool_]:
        return np.broadcast_to(np.asarray(gap(x, line), dtype=float), x.shape) > 0

    lines = np.broadcast_to(np.arange(len(place))[:, None], place.shape)
    side = positive(place.ravel(), lines.ravel()).reshape(place.shape)
    line, cell = np.nonzero(side[:, :-1] != side[:, 1:])
    below, above, before = place[line, cell], place[line, cell + 1], side[line, cell]
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        left = positive(middle, line) == before
        below, above = np.where(left, middle, below), np.where(left, above, middle)
    return line, below, above


class Lines:
    """An expression and a switch of it along an input, on lines at random other inputs.

    Args:
        expression: of known functions.
        switch: what changes its sign.
        axis: the input.
        bounds: of the inputs; all else is between 1/2 and 3/2.

    Raises:
        NotNumericError: one of them has no values.
    """

    def __init__(
        self, expression: sp.Expr, switch: sp.Expr, axis: sp.Symbol, bounds: Bounds
    ) -> None:
        self._expression, self._axis = expression, axis
        rng = np.random.default_rng(0)
        others = sorted((expression.free_symbols | switch.free_symbols) - {axis}, key=str)
        ends = {s: bounds.get(s, (0.5, 1.5)) for s in others}
        self._values = {s: rng.uniform(*ends[s], _LINES) for s in others}
        start, end = bounds[axis]
        self._step = BESIDE * (end - start)
        place = np.broadcast_to(_nodes(bounds[axis]), (_LINES, _NODES))
        crossings = _crossings(lambda x, line: self._at(switch, x, line), place)
        self._line, self._below, self._above = crossings

    def differ(self) -> bool:
        """Whether both sides of the switch disagree somewhere."""
        # Beside the switch, as the switch itself belongs to one of its sides.
        first, second = self._sides(1)
        size = np.maximum(1e-300, np.maximum(np.abs(first), np.abs(second)))
        return bool(np.any(np.abs(first - second) > _SAME * size))

    def jump_at_pole(self) -> bool:
        """Whether the expression is bounded where the switch has its zero, and jumps there.

        Such as atan(1/x); 1/x itself is not bounded, and sin(x)/x does not jump.
        """
        firsts, seconds = (np.stack(own) for own in zip(*map(self._sides, _AT_POLE), strict=True))
        size = np.maximum(np.abs(firsts), np.abs(seconds)).max(axis=0)
        with np.errstate(invalid="ignore"):
            wide = np.maximum(np.ptp(firsts, axis=0), np.ptp(seconds, axis=0))
            jump = np.abs(firsts[0] - seconds[0]) > _JUMP * size
            return bool(np.any(jump & (wide <= _STEADY * size)))

    def _sides(self, steps: float) -> tuple[Array, Array]:
        away = steps * self._step
        below = self._at(self._expression, self._below - away, self._line)
        return below, self._at(self._expression, self._above + away, self._line)

    def _at(self, node: sp.Expr, place: Array, line: Indices) -> Array:
        known = {self._axis: place, **{s: v[line] for s, v in self._values.items()}}
        return np.broadcast_to(np.asarray(evaluate(node, known), dtype=float), place.shape)
