r"""Values of unknown numbers over decades, by what the best fields leave of all laws.

For numbers p the fields of a small basis are those of least squares of all laws, data among them,

.. math:: J(p) = \min_u \sum_l w_l ‖r_l(u, p)‖^2, \qquad w_l^{-1/2} = ‖\, |∂r_l/∂u|\, |u_0| \,‖,

(variable projection; Golub and Pereyra, Inverse Problems 19, 2003), where laws are not linear by
steps of Newton's method from u₀, fields that meet data and conditions alone. With the weights the
terms of all laws are of one size whatever p is, so that J neither favours numbers for which a law
is small nor those for which it is large; data weigh less, so that their noise is not shared out
over the laws. J is looked at on a grid of powers of ten, and its minimum is refined in the
logarithms of the numbers, from the best ones of the grid and from the guesses: the grid may show
another minimum than that nearest to the user's.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
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

from .tuning import FITTING


def search_decades(system: ResidualSystem, allowance: Allowance) -> Tensor:
    """The parameters θ with numbers of the least J, and the fields that belong to them.

    Args:
        system: in a small basis; its guesses are where the decades begin.
        allowance: of the search; where it ends, the best ones so far are taken.
    """
    numbers = system.ansatz.numbers
    projection = _Projection(system, allowance)
    lines = [_line(number, _count(len(numbers))) for number in numbers]
    guess = [number.guess for number in numbers]
    try:
        best = min(_grid(numbers, lines), key=projection.left)
        projection.steps = FITTING.steps
        starts = [best] if best == guess else [best, guess]
        ends = [_refined(numbers, start, projection.left) for start in starts]
        return projection.theta(min(ends, key=projection.left))
    except SpentError:
        return projection.theta(projection.best or guess)


def fields_at(
    system: ResidualSystem, theta: Tensor, steps: int, reference: Tensor
) -> tuple[Tensor, Tensor]:
    """Fields of least squares with the numbers of θ, by Newton's method from those of θ.

    Args:
        system: in a basis.
        theta: numbers, and fields to begin with.
        steps: the most steps.
        reference: u₀, see the module docstring.

    Returns:
        θ with these fields, and what is left of the rows, of laws of one size.
    """
    theta, count = theta.clone(), system.ansatz.numbers_at
    left = theta.new_full((1,), math.inf)
    for _ in range(steps):
        residual, jacobian = system.residual_and_jacobian(theta)
        fields, scales = jacobian[:, :count], _row_scales(system, jacobian[:, :count], reference)
        step = least_squares(scales[:, None] * fields, -scales * residual)
        theta[:count] += step
        left = scales * (residual + fields @ step)
        if not bool(torch.isfinite(step).all()) or step.norm() <= 1e-12 * theta[:count].norm():
            break
    return theta, left


def _row_scales(system: ResidualSystem, fields: Tensor, reference: Tensor) -> Tensor:
    """For each row the reciprocal size of the terms of its law, or of the row where they are 0.

    Rows of data weigh `FITTING.beside` of that.
    """
    scales = fields.new_ones(len(fields))
    terms = fields.abs() @ reference.abs()
    sizes = {b.label: float(terms[b.rows].norm()) or float(fields[b.rows].norm())
             for b in system.blocks}  # fmt: skip
    sizes |= of_one_size(system, sizes)
    for block in system.blocks:
        size = sizes[block.label]
        part = FITTING.beside if block.kind == "fit" else 1.0
        scales[block.rows] = part / size if size > 0 else 0.0
    return scales


def of_one_size(system: ResidualSystem, sizes: Mapping[str, float]) -> dict[str, float]:
    """For the fits that state their noise the mean of their sizes, by label.

    Their rows are in units of their noise, so that one size keeps them as they count.

    Args:
        system: with the rows.
        sizes: by label, of all laws with rows.
    """
    own = [label for label in system.sampler.lowered.noise if label in sizes]
    return dict.fromkeys(own, sum(sizes[label] for label in own) / max(len(own), 1))


class _Projection:
    """J of a system; of the values that were asked for last the fields are kept."""

    def __init__(self, system: ResidualSystem, allowance: Allowance) -> None:
        self._system, self._allowance = system, allowance
        self._fields = fields_of_data(system)
        self.steps, self.best, self._least = 1, list[float](), math.inf

    def theta(self, values: Sequence[float]) -> Tensor:
        return fields_at(self._system, self._start(values), self.steps, self._fields)[0]

    def left(self, values: Sequence[float]) -> float:
        self._allowance.check()
        try:
            _, left = fields_at(self._system, self._start(values), self.steps, self._fields)
        except (RuntimeError, ValueError):  # numbers beyond those of the machine
            return math.inf
        found = float(left.square().sum())
        if found < self._least:
            self.best, self._least = list(values), found
        return found if math.isfinite(found) else math.inf

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
    scales = _row_scales(system, fields, zero[:count])[given]
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


def _count(numbers: int) -> int:
    """Values of each number, so that there are not too many of all together."""
    most = 2 * FITTING.per_decade * FITTING.decades + 1
    return max(3, min(most, int(FITTING.most_trials ** (1 / numbers))))


def _grid(numbers: Sequence[Bounded], lines: Sequence[list[float]]) -> Iterator[list[float]]:
    """The guesses, then all combinations of the values."""
    yield [number.guess for number in numbers]
    yield from (list(values) for values in itertools.product(*lines))


def _line(number: Bounded, count: int) -> list[float]:
    """Values of a number: both ways from its guess by powers of ten, within its bounds."""
    low, high, guess = number.lower, number.upper, number.guess
    if low is not None and high is not None:
        return _between(low, high, count)
    decades = FITTING.decades
    if low is not None:
        return [low + size for size in _powers(guess - low, decades, count)]
    if high is not None:
        return [high - size for size in _powers(high - guess, decades, count)]
    sizes = _powers(abs(guess), decades, count // 2)
    return [sign * size for sign in (math.copysign(1, guess), -math.copysign(1, guess))
            for size in sizes]  # fmt: skip


def _between(low: float, high: float, count: int) -> list[float]:
    """Values between two bounds, by their logarithms where these are of one sign."""
    parts = (np.arange(count) + 0.5) / count
    if low * high > 0:
        sign = math.copysign(1, low)
        return [float(sign * s) for s in abs(low) * (high / low) ** parts]
    return [float(low + (high - low) * part) for part in parts]


def _powers(size: float, decades: int, count: int) -> list[float]:
    """Sizes from near to far, so that the nearest one is first where several do as well."""
    exponents = np.linspace(-decades, decades, max(3, count))
    exponents = exponents[np.argsort(np.abs(exponents), kind="stable")]
    return [float(v) for v in (size or 1.0) * 10.0**exponents]


def _refined(
    numbers: Sequence[Bounded], values: list[float], left: Callable[[Sequence[float]], float]
) -> list[float]:
    """The minimum of J near some values, by a simplex in the logarithms of their sizes."""

    def at(shifts: Sequence[float]) -> list[float]:
        return [_shifted(n, v, s) for n, v, s in zip(numbers, values, shifts, strict=True)]

    count = len(values)
    simplex = np.vstack([np.zeros(count), FITTING.first_step * np.eye(count)])
    found = minimize(
        lambda shifts: math.log10(max(left(at(shifts)), 1e-300)), np.zeros(count),
        method="Nelder-Mead",
        options={"initial_simplex": simplex, "maxfev": FITTING.refinements * count,
                 "xatol": FITTING.fine, "fatol": 0.01},
    )  # fmt: skip
    return at(found.x)


def _shifted(number: Bounded, value: float, shift: float) -> float:
    """A value with its distance from a bound, or from zero, times ten to the shift."""
    low, high = number.lower, number.upper
    if low is not None and high is not None:
        part = (value - low) / (high - low)
        odds = part / (1 - part) * 10.0**shift if part < 1 else math.inf
        return low + (high - low) * (odds / (1 + odds) if odds < math.inf else 1.0)
    base = low if low is not None else high if high is not None else 0.0
    return base + (value - base) * 10.0**shift
