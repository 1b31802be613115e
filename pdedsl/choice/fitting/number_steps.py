"""Newton's steps of the numbers of a fit, with fields that follow them.

Where data weigh little beside laws, a step of fields and numbers together leaves the laws by its
square, beside which the data do not count, and would be refused. So numbers make the step, and
fields follow them to the laws (variable projection; Golub and Pereyra, Inverse Problems 19, 2003).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.eigen.tuning import EIGEN
from pdedsl.compiler.lowering.numbers import Bounded
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.least_squares import factor, least_squares

from .tuning import FITTING


def descend(
    system: ResidualSystem, start: Tensor, allowance: Allowance, held: Sequence[int] = ()
) -> Tensor:
    """The end of Newton's steps of the numbers, with fields that follow them.

    Args:
        system: with the rows.
        start: θ to begin with, shape (P,).
        allowance: of the steps.
        held: indices of numbers that stay as they are.

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
        jacobian[:, [count + i for i in held]] = 0
        step = _step(system, theta, residual, jacobian)
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


def _step(system: ResidualSystem, theta: Tensor, residual: Tensor, jacobian: Tensor) -> Tensor:
    """Newton's step for least squares, without directions of the numbers that nothing fixes.

    With what the step leaves of the rows, s² for each datum, a direction with the singular value σ
    is known to s/σ. Where that is many times the numbers themselves, the step along it is rounding
    over rounding: it carried k and r of k u'' + r u = f, of which one sine fixes π² k − r, from
    their guesses of 1 to 10⁵, where errors of conditions are amplified by as much.

    Args:
        system: with the rows.
        theta: the state, shape (P,).
        residual: r there, shape (n,).
        jacobian: J there, shape (n, P).
    """
    count = system.ansatz.numbers_at
    fields, numbers = jacobian[:, :count], jacobian[:, count:] * _scales(system, theta)
    found = factor(fields)
    followed = torch.stack([found.solve(column) for column in numbers.T], dim=1)
    rest = residual + fields @ found.solve(-residual)
    left, sizes, vectors = torch.linalg.svd(numbers - fields @ followed, full_matrices=False)
    parts = left.T @ -rest
    data = sum(block.map.rows for block in system.blocks if block.kind == "fit")
    noise = math.sqrt(float((rest + left @ parts).square().sum()) / max(data, 1)) if data else 0.0
    kept = sizes > max(noise / FITTING.loose, 1e-300)
    moved = vectors.T @ torch.where(kept, parts / sizes, 0.0)
    return torch.cat([
        found.solve(-residual - numbers @ moved), _scales(system, theta) * moved
    ])  # fmt: skip


def _scales(system: ResidualSystem, theta: Tensor) -> Tensor:
    """Of each raw number the change by the size of the number or of its guess, from its bound."""
    own = zip(system.ansatz.numbers, theta[system.ansatz.numbers_at :], strict=True)
    return torch.stack([_scale(number, raw) for number, raw in own])


def _scale(number: Bounded, raw: Tensor) -> Tensor:
    bound = number.lower if number.lower is not None else number.upper
    base = bound if bound is not None else 0.0
    size = (number.value(raw) - base).abs().clamp_min(abs(number.guess - base) or 1.0)
    return size / number.slope(raw).abs().clamp_min(1e-300)


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
