"""Newton's steps of the numbers of a fit, with fields that follow them.

Where data weigh little beside laws, a step of fields and numbers together leaves the laws by its
square, beside which the data do not count, and would be refused. So numbers make the step, and
fields follow them to the laws (variable projection; Golub and Pereyra, Inverse Problems 19, 2003).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.eigen.tuning import EIGEN
from pdedsl.compiler.lowering.numbers import Bounded
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.least_squares import least_squares

from .tuning import FITTING


def descend(system: ResidualSystem, start: Tensor, allowance: Allowance) -> Tensor:
    """The end of Newton's steps of the numbers, with fields that follow them.

    Raises:
        SpentError: the time is spent before.
    """
    theta, count = follow(system, start), system.ansatz.numbers_at
    loss = float(system.loss(theta))
    for _ in range(EIGEN.steps):
        allowance.check()
        residual, jacobian = system.residual_and_jacobian(theta)
        if not bool(torch.isfinite(jacobian).all()):
            break
        step = least_squares(jacobian, -residual)
        before = theta
        for moved in _moved(system, before, step):
            allowance.check()
            trial = follow(system, moved)
            lower = float(system.loss(trial))
            if lower < FITTING.progress * loss:
                theta, loss = trial, lower
                break
        # No part of the step is better, or the numbers stay as they are.
        if (theta - before)[count:].norm() <= FITTING.settled * theta[count:].norm():
            break
    return theta


def follow(system: ResidualSystem, theta: Tensor) -> Tensor:
    """The fields that belong to the numbers of θ, by Newton's method from its own."""
    theta, count = theta.clone(), system.ansatz.numbers_at
    for _ in range(FITTING.steps):
        residual, jacobian = system.residual_and_jacobian(theta)
        fields = jacobian[:, :count]
        if not bool(torch.isfinite(fields).all() and torch.isfinite(residual).all()):
            break
        step = least_squares(fields, -residual)
        theta[:count] += step
        curved = (system.residual(theta) - residual - fields @ step).norm()
        if curved <= FITTING.settled * residual.norm():
            break  # laws are linear in the fields, or nearly so
        if step.norm() <= FITTING.settled * theta[:count].norm():
            break
    return theta


def _moved(system: ResidualSystem, theta: Tensor, step: Tensor) -> Iterator[Tensor]:
    """States along a step, from the whole of it to small parts; of each part two.

    In raw parameters a number near its bound changes by a factor, which is right where it is
    decades away from its place. In values it leaves the bound at once, which it never does in raw
    parameters: there the linear model holds for a small part of a huge step alone.
    """
    at = system.ansatz.numbers_at
    for part in FITTING.parts:
        yield _off_bounds(system, theta + part * step)
        if not any(_is_bounded(number) for number in system.ansatz.numbers):
            continue
        in_values = theta + part * step
        for i, number in enumerate(system.ansatz.numbers):
            raw = theta[at + i]
            value = float(number.value(raw))
            wanted = value + part * float(number.slope(raw) * step[at + i])
            in_values[at + i] = replace(number, guess=_within(number, value, wanted)).raw()
        yield _off_bounds(system, in_values)


def _is_bounded(number: Bounded) -> bool:
    return number.lower is not None or number.upper is not None


def _within(number: Bounded, value: float, wanted: float) -> float:
    """A wanted value, or one nearer to the bound that is in the way."""
    for bound, beyond in ((number.lower, -1), (number.upper, 1)):
        if bound is not None and beyond * (wanted - bound) >= 0:
            return bound + FITTING.nearer * (value - bound)
    return wanted


def _off_bounds(system: ResidualSystem, theta: Tensor) -> Tensor:
    """θ with numbers between two bounds no nearer to them than rounding tells apart."""
    theta, at = theta.clone(), system.ansatz.numbers_at
    for i, number in enumerate(system.ansatz.numbers):
        if number.lower is not None and number.upper is not None:
            theta[at + i].clamp_(-FITTING.farthest, FITTING.farthest)
    return theta
