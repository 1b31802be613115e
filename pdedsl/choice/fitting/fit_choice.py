r"""A basis for unknown numbers that data, or more conditions than the fields need, fix.

Numbers are looked for over decades in a small basis (`decades`). From there all laws are solved for
fields and numbers by Newton's method, in larger and larger bases, until the laws hold. The rows of
data weigh little beside those of laws, so that fields satisfy these and come as near to the data as
they can: with noise the numbers are those of nonlinear regression.

With laws as hard as that a step of fields and numbers together leaves the laws by its square,
beside which the data do not count, and would be refused. So numbers make the step, and fields
follow them to the laws (variable projection; Golub and Pereyra, Inverse Problems 19, 2003).

Beside hard laws the misfit of data has many minima where fields oscillate. From the guesses data
therefore weigh as much as laws first, so that fields keep to them, and then less and less (Ramsay,
Hooker, Campbell and Cao, J. Royal Statistical Society B 69, 2007).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.basis.row_levels import worst_row_level
from pdedsl.choice.basis.trial_method import basis_method, functions_of
from pdedsl.choice.choice import Choice
from pdedsl.choice.growing import best_of_growing, degrees
from pdedsl.choice.tuning import EIGEN, FITTING
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.ir import Problem
from pdedsl.linalg.least_squares import least_squares
from pdedsl.settings.method import Method

from .decades import fields_at, fields_of_data, of_one_size, search_decades

_MOST_INPUTS = len(FITTING.first_degree)  # for dense matrices in every trial of numbers


def cannot_fit(problem: Problem) -> str | None:
    """Why no basis is tried for the numbers of a problem, or None where it can be."""
    if not problem.numbers:
        return "no number is unknown"
    if len(problem.domains) > 1 or any(not d.is_box for d in problem.domains):
        return "the problem is not on one box"
    if len(problem.inputs) > _MOST_INPUTS:
        return "there are too many inputs"
    return None


def fit_choice(
    lowered: LoweredProblem,
    weights: Mapping[str, float],
    allowance: Allowance,
    notify: Callable[[str], None] | None = None,
) -> Choice | None:
    """A basis with its coefficients and numbers, or None where none resolves the solution.

    None, too, where all laws that hold for fields of zero leave them free, as for an eigenvalue.
    Arguments as for `choice.eigen.number_choice`.
    """
    problem = lowered.problem
    unlike: list[_Fit] = []  # the data, all that were found

    def solve(degree: int, best: _Fit | None) -> _Fit:
        allowance.check()
        fit = _try(lowered, (degree,) * len(problem.inputs), weights, best, allowance)
        if notify is not None:
            named = ", ".join(f"{name} = {value:.4g}" for name, value in fit.numbers.items())
            notify(f"a basis of {fit.size} functions with {named} leaves {fit.left:.0e}")
        if not fit.explains:
            unlike.append(fit)
        return fit

    def functions(degree: int) -> int:
        return functions_of(problem, (degree,) * len(problem.inputs))

    first = FITTING.first_degree[len(problem.inputs) - 1]
    sizes = degrees(first, FITTING.growth, functions, FITTING.most_functions)
    sizes = takewhile(lambda _: not _agree(unlike), sizes)
    best = best_of_growing(sizes, solve, FITTING.fall, FITTING.patience, EIGEN.rounding)
    if best is None and _agree(unlike):
        best = unlike[-1]  # the best that the laws allow, however far from the data
    if best is None or not best.left <= FITTING.resolved:
        return None
    numbers = " and ".join(best.numbers)
    left = "only rounding" if best.left <= EIGEN.rounding else f"{best.left:.0e}"
    why = (
        f"unknown numbers: {numbers} looked for over decades; {best.size} polynomials leave {left} "
        "of the laws after steps of Newton's method for the fields and numbers together"
    )
    return Choice(best.method, why, best.theta)


@dataclass(frozen=True)
class _Fit:
    """Fields and numbers in one basis; see `choice.eigen.number_choice`.

    ``left`` is what is left of the laws that are no data, and ``loss`` that of all; ``explains``
    says whether the fields come nearer to the data than their mean does.
    """

    method: Method
    size: int
    theta: Tensor
    left: float
    loss: float
    numbers: dict[str, float]
    explains: bool

    @property
    def level(self) -> float:
        """What is left; laws that hold for constants once all numbers are 0 resolve nothing."""
        return self.left if self.explains else math.inf


def _agree(fits: Sequence[_Fit]) -> bool:
    """Whether the last two have the same numbers."""
    if len(fits) < 2:
        return False
    one, other = (np.array(list(fit.numbers.values())) for fit in fits[-2:])
    sizes = np.maximum(np.abs(one), np.abs(other))
    return bool((np.abs(one - other) <= FITTING.alike * sizes).all() and sizes.any())


def _try(
    lowered: LoweredProblem,
    modes: tuple[int, ...],
    weights: Mapping[str, float],
    before: _Fit | None,
    allowance: Allowance,
) -> _Fit:
    method = _with_rows(basis_method(lowered.problem, modes, weights))
    system = _system(lowered, method, method.sampling.kind, {})
    if _fields_are_free(system):
        raise ValueError("the laws leave fields of zero free")
    starts: list[tuple[Tensor, tuple[float, ...]]] = []
    if before is None or before.level > FITTING.again:
        starts.append((search_decades(system, allowance), FITTING.data))
        starts.append((_along_data(system), FITTING.less_and_less + FITTING.data))
    if before is not None:
        starts.append((_with_numbers(system, before), FITTING.data))
    fits = [_solved(lowered, modes, method, start, weights, system, data) for start, data in starts]
    return min(fits, key=lambda fit: (fit.loss, fit.level))


def _with_rows(method: Method) -> Method:
    """The method with all rows of data, or many of them, however few points its functions need."""
    points = method.sampling.points | {"fit": FITTING.most_rows}
    return method.model_copy(
        update={"sampling": method.sampling.model_copy(update={"points": points})}
    )


def _solved(
    lowered: LoweredProblem,
    modes: tuple[int, ...],
    method: Method,
    start: Tensor,
    given: Mapping[str, float],
    system: ResidualSystem,
    data: Sequence[float],
) -> _Fit:
    """Newton's method for fields and numbers, with weights by the terms of each result.

    ``data`` are the weights of data beside laws, one after another.
    """
    theta, loss, first = start, math.inf, 0.0
    for weight in data:
        own = _balanced(system, theta, weight)
        method = method.model_copy(update={"weights": own | dict(given)})
        system = _system(lowered, method, method.sampling.kind, {})
        first = float(system.loss(_without_fields(system, theta)))
        theta, loss = _descend(system, theta)
        if not math.isfinite(loss):
            break
    kinds = {b.kind for b in system.blocks if b.kind != "fit"}
    elsewhere = _system(lowered, method, "sobol", dict.fromkeys(kinds, EIGEN.check_points))
    numbers = {name: float(value) for name, value in system.numbers(theta).items()}
    level = worst_row_level(elsewhere, theta, kinds)
    left = math.sqrt(loss / first) if first else math.inf
    if not math.isfinite(left):
        level = math.inf
    size = functions_of(lowered.problem, modes)
    return _Fit(method, size, theta, level, left, numbers, _explains(system, theta))


def _descend(system: ResidualSystem, start: Tensor) -> tuple[Tensor, float]:
    """Newton's steps of the numbers, with fields that follow them; the end and its loss."""
    theta, count = _following(system, start), system.ansatz.numbers_at
    loss = float(system.loss(theta))
    for _ in range(EIGEN.steps):
        residual, jacobian = system.residual_and_jacobian(theta)
        if not bool(torch.isfinite(jacobian).all()):
            break
        step = least_squares(jacobian, -residual)
        trials = (_following(system, _off_bounds(system, theta + part * step))
                  for part in FITTING.parts)  # fmt: skip
        better = next((t for t in trials if system.loss(t) < FITTING.progress * loss), None)
        if better is None:
            break
        moved = (better - theta)[count:].norm()
        theta, loss = better, float(system.loss(better))
        if moved <= FITTING.settled * theta[count:].norm():
            break
    return theta, loss


def _following(system: ResidualSystem, theta: Tensor) -> Tensor:
    """The fields that belong to the numbers of θ, by Newton's method from its own."""
    theta, count = theta.clone(), system.ansatz.numbers_at
    for _ in range(FITTING.steps):
        residual, jacobian = system.residual_and_jacobian(theta)
        fields = jacobian[:, :count]
        if not bool(torch.isfinite(fields).all() and torch.isfinite(residual).all()):
            break
        step = least_squares(fields, -residual)
        theta[:count] += step
        if step.norm() <= FITTING.settled * theta[:count].norm():
            break
    return theta


def _off_bounds(system: ResidualSystem, theta: Tensor) -> Tensor:
    """θ with numbers between two bounds no nearer to them than rounding tells apart."""
    theta, at = theta.clone(), system.ansatz.numbers_at
    for i, number in enumerate(system.ansatz.numbers):
        if number.lower is not None and number.upper is not None:
            theta[at + i].clamp_(-FITTING.farthest, FITTING.farthest)
    return theta


def _system(
    lowered: LoweredProblem, method: Method, kind: str, points: Mapping[str, int]
) -> ResidualSystem:
    return build(lowered, method.model, points or method.sampling.points, kind, method.weights)


def _explains(system: ResidualSystem, theta: Tensor) -> bool:
    """Whether fields come nearer to the data than their mean does."""
    residual, values = system.residual(theta), system.residual(_without_fields(system, theta))
    parts = []
    for block in system.blocks:
        own = values[block.rows]
        variation = float((own - own.mean()).square().sum())
        if block.kind == "fit" and variation > FITTING.constant * float(own.square().sum()):
            parts.append(float(residual[block.rows].square().sum()) / variation)
    return sum(parts) <= len(parts)


def _without_fields(system: ResidualSystem, theta: Tensor) -> Tensor:
    zero = theta.clone()
    zero[: system.ansatz.numbers_at] = 0
    return zero


def _fields_are_free(system: ResidualSystem) -> bool:
    """Whether the laws with fields to first order hold for fields of zero, as for an eigenvalue."""
    zero = _without_fields(system, system.theta0)
    residual, jacobian = system.residual_and_jacobian(zero)
    fields = jacobian[:, : system.ansatz.numbers_at]
    return not any(residual[b.rows].any() and fields[b.rows].any() for b in system.blocks)


def _with_numbers(system: ResidualSystem, before: _Fit) -> Tensor:
    """The numbers of a smaller basis, and the fields that belong to them in this one."""
    theta, count = _without_fields(system, system.theta0), system.ansatz.numbers_at
    theta[count:] = before.theta[-(len(theta) - count) :]
    reference = fields_of_data(system)
    theta[:count] = reference
    return fields_at(system, theta, FITTING.steps, reference)[0]


def _along_data(system: ResidualSystem) -> Tensor:
    """The guesses, and fields that meet data and conditions alone."""
    theta = system.theta0.clone()
    theta[: system.ansatz.numbers_at] = fields_of_data(system)
    return theta


def _balanced(system: ResidualSystem, theta: Tensor, data: float) -> dict[str, float]:
    """Weights with which the terms of all laws are of one size, and data of a part of it.

    Fits that state their noise have one weight together, as their rows are in units of it.
    Terms are those of the fields, not of all functions: beside the fourth power of a degree in the
    rows of an equation what it says of smooth fields would be little, too.
    """
    jacobian, count = system.jacobian(theta), system.ansatz.numbers_at
    terms = jacobian[:, :count].abs() @ theta[:count].abs()
    sizes = {b.label: float(terms[b.rows].square().sum()) / b.weight for b in system.blocks}
    sizes |= of_one_size(system, sizes)
    return {
        block.label: (data if block.kind == "fit" else 1.0) / sizes[block.label]
        for block in system.blocks
        if 0 < sizes[block.label] < math.inf
    }
