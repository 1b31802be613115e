r"""The error of a march axis by axis, by another one with more nodes and stages.

Both have coefficients in orthogonal functions, of which the finer march has all of the solution's
and more: with the differences :math:`δ_j` the error is :math:`\|e\|^2 = \sum_j δ_j^2 \|φ_j\|^2`.
What the finer march misses itself is taken from the last of its functions,

.. math:: left = \max_a \|δ\|_{\text{last of axis } a} / \|δ\|.

It is the error of that march alone: that the laws hold is measured at points of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from pdedsl.choice.evolutions.coefficients import Coefficients, axis_of, line_squares
from pdedsl.choice.evolutions.marches import AnyMarch, Evolution, evolution_form, march_of
from pdedsl.choice.evolutions.nonlinear_form import NonlinearEvolution
from pdedsl.choice.evolutions.nonlinear_march import NonlinearMarch
from pdedsl.choice.evolutions.prolongation import Prolongation
from pdedsl.choice.evolutions.separable_march import MarchedWindow
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.models import BasisModel
from pdedsl.models.inputs import Axis
from pdedsl.models.windows import Windows
from pdedsl.transforms.box_starts import face_jumps
from pdedsl.transforms.single_rows import split_rows
from pdedsl.transforms.smooth_starts import started_later

from .correction import State
from .error_of_smoothing import value_square
from .estimate import RELIABLE, Squares, unexplained
from .settling import Correction

_MORE = 1.25  # times the modes of each axis, and
_STAGES = 2  # stages more: a choice
_ROUNDING = 1e-11  # relative error that may be the rounding of both marches: 1e-12 was seen


def separable_form_of(solution: State, moment: float = 0.0) -> Evolution | None:
    """The evolution whose windows a solution has; None where it has others.

    Args:
        solution: the windows.
        moment: by how much they start later than the problem.
    """
    (network, *more) = solution.system.networks
    if more or not isinstance(network.model, Windows):
        return None
    if not all(isinstance(p, BasisModel) and p.options.by_axis for p in network.model.pieces):
        return None
    if any(p.options.breaks for p in network.model.pieces if isinstance(p, BasisModel)):
        return None
    problem = solution.system.problem
    return evolution_form(started_later(problem, moment) if moment else problem)


def with_smoothing(solution: State, found: Correction, moment: float) -> Correction:
    """What was found of an error, and that of smoothing the start, see `error_of_smoothing`."""
    jumps = face_jumps(split_rows(solution.system.problem)) if moment else ()
    if not jumps or not found.squares:
        return found
    begin, end = list(hull_bounds(solution.system.problem).values())[-1]
    more = sum(
        own.area * value_square(own.height, own.diffusivity, moment, end - begin) for own in jumps
    )
    squares = {name: own + Squares(more, 0.0) for name, own in found.squares.items()}
    return replace(found, squares=squares)


def compare_with_finer(solution: State, form: Evolution) -> Correction:
    """The squares of the error of a solution of which `separable_form_of` gives the form.

    Raises:
        ArithmeticError: the finer march fails.
    """
    (network,) = solution.system.networks
    model = network.model
    assert isinstance(model, Windows)
    options = [piece.options for piece in model.pieces if isinstance(piece, BasisModel)]
    modes = [max(own.modes_of(axis) for own in options) for axis in range(len(form.lines))]
    stages = max(own.modes_of(len(form.lines)) for own in options) + _STAGES
    finer = [math.ceil(_MORE * count) + 1 for count in modes]
    march = march_of(form, finer, stages)
    transform = Coefficients(form, march, finer)
    space = [line_squares(axis_of(line), k) for line, k in zip(form.lines, finer, strict=True)]
    theta = solution.theta[network.offset : network.offset + model.size].numpy()
    names, axes = network.group.components, len(form.lines)
    error = size = np.zeros(len(names))
    last = np.zeros(axes + 1)
    shapes = [_shape(form, own.modes, len(names)) for own in options]
    given = [theta[model.place(k)].reshape(shape) for k, shape in enumerate(shapes)]
    for number, window in enumerate(_windows(form, march, model.edges, given)):
        better = transform(window)
        better = better.reshape(len(names), *better.shape[-axes - 1 :])
        more = [(0, n - k) for n, k in zip(better.shape, shapes[number], strict=True)]
        own = np.pad(given[number], more)
        squares = [*space, line_squares(Axis(window.lower, window.upper, None), stages)]
        weighted = _weighted((better - own) ** 2, squares)
        within = tuple(range(1, axes + 2))
        error = error + weighted.sum(axis=within)
        size = size + _weighted(better**2, squares).sum(axis=within)
        last += [_of_last(weighted, axis, form) for axis in range(axes + 1)]
    left = math.sqrt(float(last.max() / error.sum())) if error.any() else 0.0
    lost = bool((np.sqrt(error) <= _ROUNDING * np.sqrt(size)).all()) and not left <= RELIABLE
    reason = "" if lost or left <= RELIABLE else unexplained(left)
    found = {
        name: Squares(float(e), float(s)) for name, e, s in zip(names, error, size, strict=True)
    }
    return Correction(None, found, left, reason, lost)


def _windows(
    form: Evolution, march: AnyMarch, edges: tuple[float, ...], given: list[Array]
) -> Iterator[MarchedWindow]:
    """Those of the march, for which Newton's method begins at the given ones where it is needed."""
    if not isinstance(march, NonlinearMarch):
        yield from march.windows(edges)
        return
    assert isinstance(form, NonlinearEvolution)
    guess, state = Prolongation(form, march, edges, given), march.begin()
    for lower, upper in pairwise(edges):
        window, state = march.step(lower, upper, state, guess(lower, upper))
        yield window


def _shape(form: Evolution, modes: int | tuple[int, ...], components: int) -> tuple[int, ...]:
    """Of the coefficients of a window."""
    assert not isinstance(modes, int)
    lines = zip(form.lines, modes[:-1], strict=True)
    counts = [k + 1 if line.ends else 2 * k + 1 for line, k in lines]
    return (components, *counts, modes[-1] + 1)


def _weighted(values: Array, squares: list[Array]) -> Array:
    for axis, own in enumerate(squares):
        values = values * own.reshape([-1 if a == axis + 1 else 1 for a in range(values.ndim)])
    return values


def _of_last(weighted: Array, axis: int, form: Evolution) -> float:
    """The part of the last functions of an axis, or of the last in time."""
    if axis == len(form.lines):
        return float(weighted[..., -1].sum())
    count = 2 if form.lines[axis].ends else 4
    return float(np.moveaxis(weighted, axis + 1, 0)[-count:].sum())
