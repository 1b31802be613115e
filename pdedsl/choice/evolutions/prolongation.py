"""Windows of a march at the nodes of another one, where Newton's method begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.models.inputs import Axis

from .coefficients import axis_of, line_table
from .nonlinear_form import NonlinearEvolution
from .nonlinear_march import NonlinearMarch
from .sum_solver import along_axes


class Prolongation:
    """Values of windows that are given by coefficients.

    Args:
        form: the evolution.
        march: at whose nodes and stages they are wanted.
        edges: of the given windows.
        coefficients: of each window, shape (components, functions of each axis …, s + 1).
    """

    def __init__(
        self,
        form: NonlinearEvolution,
        march: NonlinearMarch,
        edges: Sequence[float],
        coefficients: Sequence[Array],
    ) -> None:
        self._edges, self._coefficients = list(edges), coefficients
        self._points = march.stages.points
        counts = coefficients[0].shape[-1 - len(form.lines) : -1]
        self._space = [
            line_table(axis_of(line), count - 1 if line.ends else count // 2, own.nodes)
            for line, own, count in zip(form.lines, march.lines, counts, strict=True)
        ]

    def __call__(self, lower: float, upper: float) -> Array | None:
        """At the stages of a window and all nodes, shape (components, s, N_1, …, N_d).

        None where the window does not lie in one of those given.
        """
        place = bisect_right(self._edges, (lower + upper) / 2) - 1
        begin, end = self._edges[place : place + 2]
        if max(begin - lower, upper - end) > 1e-9 * (end - begin):
            return None
        own = self._coefficients[place]
        times = lower + (upper - lower) * self._points
        table = line_table(Axis(begin, end, None), own.shape[-1] - 1, np.clip(times, begin, end))
        return np.moveaxis(along_axes([*self._space, table], own), -1, 1)
