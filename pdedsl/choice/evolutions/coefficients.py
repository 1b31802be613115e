"""Coefficients of the windows of a march in the functions of a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from pdedsl.geometry.arrays import Array
from pdedsl.models.bases import BasisOptions
from pdedsl.models.bases.build import build_basis
from pdedsl.models.inputs import Axis

from .marches import AnyMarch, Evolution
from .separable_form import Line
from .separable_march import MarchedWindow
from .sum_solver import along_axes


class Coefficients:
    """From values at the nodes of a window to coefficients in its basis.

    Args:
        form: the evolution.
        march: whose nodes they are.
        modes: of each axis.
    """

    def __init__(self, form: Evolution, march: AnyMarch, modes: Sequence[int]) -> None:
        self._stages = len(march.stages.points)
        self._points = np.append(0.0, march.stages.points)
        lines = zip(form.lines, march.lines, modes, strict=True)
        self._space = [
            np.linalg.inv(line_table(axis_of(line), count, own.nodes)) for line, own, count in lines
        ]

    def __call__(self, window: MarchedWindow) -> Array:
        """Shape (functions of each axis …, s + 1), with several components these first."""
        axis = Axis(window.lower, window.upper, None)
        nodes = window.lower + (window.upper - window.lower) * self._points
        time = np.linalg.inv(line_table(axis, self._stages, nodes))
        moved = np.moveaxis(window.values, -1 - len(self._space), -1)
        return np.ascontiguousarray(along_axes([*self._space, time], moved))

    def in_space(self, values: Array) -> Array:
        """Those of values at all nodes of space, which the last axes are of."""
        return np.ascontiguousarray(along_axes(self._space, values))


def axis_of(line: Line) -> Axis:
    """The input of a model along a line."""
    return Axis(line.lower, line.upper, None if line.ends else line.upper - line.lower)


def line_table(axis: Axis, modes: int, nodes: Array) -> Array:
    """Values of the functions of an axis at nodes, shape (nodes, functions)."""
    basis = build_basis(BasisOptions(family="mixed", modes=(modes,)), (axis,))
    values: Array = basis.derivatives(torch.from_numpy(nodes[:, None]), [(0,)])[0].numpy()
    return values


def line_squares(axis: Axis, modes: int) -> Array:
    """Integrals of the squares of the functions of an axis, which are orthogonal: (functions,)."""
    length = axis.upper - axis.lower
    if axis.period is None:
        unit, weights = np.polynomial.legendre.leggauss(modes + 1)
        nodes, weights = axis.lower + length * (unit + 1) / 2, weights * length / 2
    else:
        count = 2 * modes + 1
        nodes, weights = (
            axis.lower + length * np.arange(count) / count,
            np.full(count, length / count),
        )
    return np.asarray(weights @ line_table(axis, modes, nodes) ** 2)
