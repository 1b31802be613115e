"""Gradient descent on the linear model, measured and laid beside the prediction.

The prediction knows the problem's symbols and the analysis' quadrature alone; the descent runs on
the compiled residual system with its own derivatives and points. Both start from the same random
coefficients, so that all eigenvectors take part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from pdedsl.calculus.laws import LawOperator
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.descent import decay, first_error, predicted_steps
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.gram import Gram
from pdedsl.conditioning.preconditioners import symbol_preconditioner
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Problem
from pdedsl.models.bases import BasisOptions
from pdedsl.models.bases.model import TransformedBasisOptions
from pdedsl.optimizers.first_order.gd import GdOptions
from pdedsl.optimizers.registry import build_optimizer
from pdedsl.solution.building import system_of

from .report import Conditioning, Descent, Goal, Verification

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


_MOST_STEPS = 20_000_000
_MOST_AT_ONCE = 20_000
_MOST_SECONDS = 10.0


def verify(
    problem: Problem, laws: tuple[LawOperator, ...], found: Conditioning, epsilon: float
) -> Verification:
    """Descend with and without the preconditioner; see the head of this module.

    Args:
        problem: its laws are linear.
        laws: the operator of each law.
        found: the analysis, which gives basis, weights and γ.
        epsilon: the part of the first error that is to be reached.
    """
    space = discretise(problem, found.family, found.modes, found.index)
    gram = assemble(problem, space, laws)
    transform = symbol_preconditioner(gram, space, found.best.gamma)
    bench = _Bench(problem, found, gram, epsilon)
    plain = bench.run(found.weight, None)
    better = bench.run(found.best.weight, transform)
    return Verification(epsilon, plain, better, _remark(plain, better))


class _Bench:
    """What both runs share."""

    def __init__(self, problem: Problem, found: Conditioning, gram: Gram, epsilon: float) -> None:
        self._problem, self._found, self._gram = problem, found, gram
        self._epsilon = epsilon

    def run(self, weight: float, transform: Array | None) -> Descent:
        gram = self._gram if transform is None else self._gram.transform(transform)
        factor = gram.factor(weight)
        system = self._system(weight, transform)
        start = np.random.default_rng(0).standard_normal(system.parameters)
        residual, jacobian = (
            t.numpy() for t in system.residual_and_jacobian(torch.from_numpy(start))
        )
        error = first_error(jacobian, jacobian @ start - residual, start)
        least = float(np.sum((residual - jacobian @ error) ** 2))
        by_loss = decay(factor, error)
        by_error = replace(by_loss, energies=by_loss.energies / by_loss.values)
        part = self._epsilon**2
        race = _Race(system, start, start - error, least)
        loss = race.until(lambda: race.excess <= part * race.first_excess)
        distance = race.until(lambda: race.distance <= self._epsilon * race.first_distance)
        kappa = gram.spectrum(weight).kappa
        return Descent(
            kappa,
            weight,
            predicted_steps(kappa, self._epsilon),
            Goal(by_error.steps_to(part), *distance),
            Goal(by_loss.steps_to(part), *loss),
        )

    def _system(self, weight: float, transform: Array | None) -> ResidualSystem:
        found, gram = self._found, self._gram
        options = {"family": found.family, "modes": found.modes, "index": found.index}
        model = (
            BasisOptions.model_validate(options)
            if transform is None
            else TransformedBasisOptions.model_validate(options | {"transform": transform})
        )
        weights = {law.label: 0.0 for law in self._problem.laws}
        weights |= gram.loss_weights(weight)
        return system_of(
            self._problem, model, self._points(), _sampling(found.family), weights,
            "float64", "cpu", 0,
        )  # fmt: skip

    def _points(self) -> dict[str, int]:
        """Enough for a rule that is exact for products of two functions of the basis."""
        each = 4 * self._found.modes + 9
        free = len(self._problem.inputs)
        faces = {
            law.label: len(law.place.faces) * each ** (free - 1)
            for law in self._problem.laws
            if isinstance(law.place, Boundary)
        }
        return {"eq": each**free, "ic": each ** (free - 1), **faces}


class _Race:
    """Gradient descent on a system, from a start towards the least-squares solution.

    Args:
        system: linear.
        start: θ_0.
        goal: θ*.
        least: the loss there.
    """

    def __init__(self, system: ResidualSystem, start: Array, goal: Array, least: float) -> None:
        theta = torch.from_numpy(start)
        options = GdOptions(iterations=_MOST_STEPS, inner=_MOST_AT_ONCE)
        self._optimizer = build_optimizer(system, options, theta)
        self._goal, self._least = goal, least
        self._began = time.monotonic()
        self._ended = False
        self.steps = 0
        self.excess = self.first_excess = float(system.loss(theta)) - least
        self.distance = self.first_distance = float(np.linalg.norm(start - goal))

    def until(self, done: Callable[[], bool]) -> tuple[int, bool]:
        """Go on until a goal is reached, or the time is up: steps so far, and whether it is."""
        while not done():
            if self._ended or self.steps >= _MOST_STEPS:
                return self.steps, False
            self._advance()
        return self.steps, True

    def _advance(self) -> None:
        # Steps are made 0.2 % of those made at a time: the count is right to that.
        step = self._optimizer.steps(min(_MOST_AT_ONCE, 1 + self.steps // 500))
        self._ended = step.ended is not None or time.monotonic() - self._began > _MOST_SECONDS
        self.steps += step.iterations if step.ended is None else 0
        self.excess = step.loss - self._least
        self.distance = float(np.linalg.norm(step.theta.numpy() - self._goal))


def _sampling(family: str) -> str:
    """The rule that is exact for the basis: cell centres for plane waves, else Gauss."""
    return "grid" if family == "fourier" else "gauss"


def _remark(plain: Descent, better: Descent) -> str:
    goals = [goal for run in (plain, better) for goal in (run.error, run.loss) if goal.reached]
    if not goals:
        return "no run reached a goal in the time that is given to it"
    # Counts of a few steps may differ by one, which says nothing in per cent.
    off = max(abs(g.measured - g.predicted) / max(g.predicted, 100) for g in goals)
    text = f"prediction by the spectrum and measurement agree within {100 * max(off, 1e-4):.2g} %"
    if len(goals) < 4:
        text += f" where the goal was reached; > is what was made in {_MOST_SECONDS:g} s"
    if plain.error.reached and better.error.reached:
        before, after = (max(run.error.measured, 1) for run in (plain, better))
        factor = max(before / after, after / before)
        does = "saves" if after <= before else "costs"
        text += f"; the preconditioner {does} a factor {factor:.3g} in steps"
    return text
