r"""Values of unknown numbers over decades, by what the best fields leave of all laws.

For numbers p the fields of a small basis are those of least squares of all laws, data among them,

.. math:: J(p) = \min_u \sum_l w_l ‖r_l(u, p)‖^2, \qquad w_l^{-1/2} = s_l,

(variable projection; Golub and Pereyra, Inverse Problems 19, 2003), where laws are not linear by
steps of Newton's method from u₀, fields that meet data and conditions alone. With the weights the
terms of all laws are of one size for numbers that are small, so that J does not favour these, and
of their size at the guesses for numbers that are large (`law_sizes`); data weigh less, so that
their noise is not shared out over the laws. For one or two numbers J is looked at on a grid of
powers of ten, and its minimum is refined in the logarithms of the numbers, from the best ones of
the grid and from the guesses: the grid may show another minimum than that nearest to the user's.
For more numbers a grid is too coarse, and J has more minima: from many values around the guesses,
and along single numbers, the best ones are starts of Newton's method for fields and numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from pdedsl.choice.allowance import Allowance, SpentError
from pdedsl.compiler.lowering.numbers import Bounded
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.ir import Interior
from pdedsl.linalg.least_squares import least_squares

from .law_sizes import of_one_size, sizes_at_guesses, smaller
from .trial_values import MOST_ON_GRIDS, decades_apart, line, shifted, trial_values
from .tuning import FITTING


def search_decades(
    system: ResidualSystem, allowance: Allowance, descent: Callable[[Tensor], Tensor]
) -> Tensor:
    """The parameters θ with numbers of the least J, and the fields that belong to them.

    Args:
        system: in a small basis; its guesses are where the decades begin.
        allowance: of the search; where it ends, the best ones so far are taken.
        descent: Newton's method for fields and numbers from a θ.
    """
    numbers = system.ansatz.numbers
    few = len(numbers) <= MOST_ON_GRIDS
    looking = _Projection(system, allowance.until(FITTING.trials), 1 if few else FITTING.steps)
    starts = _starts(numbers, looking)
    projection = _Projection(system, allowance, FITTING.steps)
    with suppress(SpentError):
        for start in starts:
            if few:
                _refined(numbers, start, projection.left)
            else:
                projection.left_of(descent(projection.theta(start)))
                if projection.agreeing() >= FITTING.agreeing:
                    break
    return projection.theta(projection.best or starts[0])


def _starts(numbers: Sequence[Bounded], projection: _Projection) -> list[list[float]]:
    """The best of many values, all over their decades for few numbers, and the guesses.

    For more numbers the best ones near the guesses, and the best ones that differ from these in
    single numbers by decades.
    """
    guess = [number.guess for number in numbers]
    with suppress(SpentError):
        for values in trial_values(numbers):
            projection.left(values)
    if len(numbers) <= MOST_ON_GRIDS:
        return _without_doubles([*projection.starts(1), guess])
    near = projection.starts(FITTING.starts)
    with suppress(SpentError):
        for i, number in enumerate(numbers):
            best = projection.best
            for value in line(number):
                projection.left([*best[:i], value, *best[i + 1 :]])
    return _without_doubles([*projection.starts(1), guess, *near])


def _without_doubles(starts: Sequence[list[float]]) -> list[list[float]]:
    return [own for i, own in enumerate(starts) if own not in starts[:i]]


def fields_at(
    system: ResidualSystem,
    theta: Tensor,
    steps: int,
    reference: Tensor,
    guessed: Mapping[str, float],
) -> tuple[Tensor, Tensor]:
    """Fields of least squares with the numbers of θ, by Newton's method from those of θ.

    Args:
        system: in a basis.
        theta: numbers, and fields to begin with.
        steps: the most steps.
        reference: u₀, see the module docstring.
        guessed: sizes of the laws at the guesses with u₀, by label.

    Returns:
        θ with these fields, and what is left of the rows, of laws of one size.
    """
    theta, count = theta.clone(), system.ansatz.numbers_at
    left = theta.new_full((1,), math.inf)
    for _ in range(steps):
        residual, jacobian = system.residual_and_jacobian(theta)
        fields = jacobian[:, :count]
        scales = _row_scales(system, fields, reference, guessed)
        step = least_squares(scales[:, None] * fields, -scales * residual)
        theta[:count] += step
        left = scales * (residual + fields @ step)
        if not bool(torch.isfinite(step).all()) or step.norm() <= 1e-12 * theta[:count].norm():
            break
    return theta, left


def _row_scales(
    system: ResidualSystem, fields: Tensor, reference: Tensor, guessed: Mapping[str, float]
) -> Tensor:
    """For each row the reciprocal size of the terms of its law, or of the row where they are 0.

    Rows of data weigh `FITTING.beside` of that.
    """
    scales = fields.new_ones(len(fields))
    terms = fields.abs() @ reference.abs()
    sizes = {b.label: float(terms[b.rows].norm()) or float(fields[b.rows].norm())
             for b in system.blocks}  # fmt: skip
    sizes = smaller(sizes, guessed) if guessed else sizes
    sizes |= of_one_size(system, sizes)
    for block in system.blocks:
        size = sizes[block.label]
        part = FITTING.beside if block.kind == "fit" else 1.0
        scales[block.rows] = part / size if size > 0 else 0.0
    return scales


class _Projection:
    """J of a system, and the values that it was asked for."""

    def __init__(self, system: ResidualSystem, allowance: Allowance, steps: int) -> None:
        self._system, self._allowance, self._steps = system, allowance, steps
        self._fields = fields_of_data(system)
        self._guessed = sizes_at_guesses(system, self._fields)
        self._known = list[tuple[float, list[float]]]()

    @property
    def best(self) -> list[float]:
        """The values of the least J so far; empty where J is nowhere finite.

        Of values that do as well the nearest to the guesses: where laws and data fix a combination
        of numbers alone, rounding would choose others, decades away.
        """
        least = min((left for left, _ in self._known), default=0.0)
        alike = [values for left, values in self._known if left <= FITTING.as_well * least]
        numbers = self._system.ansatz.numbers
        guess = [number.guess for number in numbers]
        return min(alike, key=lambda own: decades_apart(numbers, own, guess), default=[])

    def agreeing(self) -> int:
        """How many of the values are alike to those of the least J."""
        best, numbers = self.best, self._system.ansatz.numbers
        near = [decades_apart(numbers, values, best) <= FITTING.same for _, values in self._known]
        return sum(near)

    def starts(self, count: int) -> list[list[float]]:
        """The best values so far, each some decades from those before in some number."""
        numbers, found = self._system.ansatz.numbers, list[list[float]]()
        for _, values in sorted(self._known, key=lambda own: own[0]):
            if all(decades_apart(numbers, values, o) >= FITTING.apart for o in found):
                found.append(values)
            if len(found) == count:
                break
        return found

    def theta(self, values: Sequence[float]) -> Tensor:
        return self._at(values)[0]

    def left(self, values: Sequence[float]) -> float:
        self._allowance.check()
        try:
            _, left = self._at(values)
        except (RuntimeError, ValueError):  # numbers beyond those of the machine
            return math.inf
        found = float(left.square().sum())
        if not math.isfinite(found):
            return math.inf
        self._known.append((found, list(values)))
        return found

    def left_of(self, theta: Tensor) -> float:
        """J of the numbers of a state."""
        return self.left([float(value) for value in self._system.numbers(theta).values()])

    def _at(self, values: Sequence[float]) -> tuple[Tensor, Tensor]:
        start = self._start(values)
        return fields_at(self._system, start, self._steps, self._fields, self._guessed)

    def _start(self, values: Sequence[float]) -> Tensor:
        theta, at = self._system.theta0.clone(), self._system.ansatz.numbers_at
        theta[:at] = self._fields
        for i, (number, value) in enumerate(zip(self._system.ansatz.numbers, values, strict=True)):
            theta[at + i] = replace(number, guess=value).raw()
        return theta


def fields_of_data(system: ResidualSystem) -> Tensor:
    """Fields that meet data and conditions whatever the equations say, as smooth as they can be.

    Columns with large derivatives in the equations are dear.
    """
    count = system.ansatz.numbers_at
    zero = system.theta0.clone()
    zero[:count] = 0
    residual, jacobian = system.residual_and_jacobian(zero)
    fields, blocks = jacobian[:, :count], system.blocks
    inside = [isinstance(system.problem.law(b.label).place, Interior) for b in blocks]
    rows = [
        torch.arange(b.rows.start, b.rows.stop)
        for b, own in zip(blocks, inside, strict=True) if not own
    ]  # fmt: skip
    given = torch.cat(rows) if rows else torch.arange(0)
    equations = torch.cat([
        fields[b.rows] for b, own in zip(blocks, inside, strict=True) if own
    ] or [fields])  # fmt: skip
    prices = equations.norm(dim=0)
    prices = FITTING.least_price + prices / prices.max().clamp_min(1e-300)
    scales = _row_scales(system, fields, zero[:count], {})[given]
    matrix = scales[:, None] * fields[given] / prices
    return _smoothed(matrix, -scales * residual[given]) / prices


def _smoothed(matrix: Tensor, right: Tensor) -> Tensor:
    """The x of the least |A x − b|² + λ² |x|², with λ by generalised cross-validation.

    Functions that went through noise would have derivatives beside which the terms of all laws are
    small (Golub, Heath and Wahba, Technometrics 21, 1979).
    """
    left, sizes, vectors = torch.linalg.svd(matrix, full_matrices=False)
    parts = left.T @ right
    outside = float((right - left @ parts).square().sum())
    best, found = math.inf, parts
    for exponent in FITTING.smoothing:
        kept = sizes.square() / (sizes.square() + (10.0**exponent * sizes[0]) ** 2)
        lost = float(((1 - kept) * parts).square().sum()) + outside
        score = lost / float(len(right) - kept.sum()) ** 2
        if score < best:
            best, found = score, kept * parts / sizes.clamp_min(1e-300)
    return vectors.T @ found


def _refined(
    numbers: Sequence[Bounded], values: list[float], left: Callable[[Sequence[float]], float]
) -> None:
    """Look for the minimum of J near some values, by a simplex in the logarithms of their sizes."""

    def at(shifts: Sequence[float]) -> list[float]:
        return [shifted(n, v, s) for n, v, s in zip(numbers, values, shifts, strict=True)]

    count = len(values)
    simplex = np.vstack([np.zeros(count), FITTING.first_step * np.eye(count)])
    minimize(
        lambda shifts: math.log10(max(left(at(shifts)), 1e-300)), np.zeros(count),
        method="Nelder-Mead",
        options={"initial_simplex": simplex, "maxfev": FITTING.refinements * count,
                 "xatol": FITTING.fine, "fatol": 0.01},
    )  # fmt: skip
