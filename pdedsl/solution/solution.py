"""The solution of a problem as a function of its coordinates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from pdedsl.estimates.uncertainty import Uncertainty, uncertainty_of
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Law, Problem

from .checks import Finding
from .checks.acceptance import ACCEPT
from .checks.checks import first_finding
from .errors import field_errors, number_errors
from .estimating import (
    deviations_at,
    deviations_of_fields,
    estimated_errors_at,
    laws_at_smooth_start,
    refuse_deviation,
)
from .known import known_values
from .names import resolve
from .outputs import OutputValue, output_values
from .points.arrays import as_points
from .points.beyond import warn_beyond
from .points.tensors import has_tensors, tensor_values
from .relative import (
    CoarseIntegral,
    HeldOutData,
    Misfit,
    coarse_integral,
    finer_laws,
    held_out_data,
    law_misfits,
)
from .sampled import sampler

if TYPE_CHECKING:
    from pdedsl.choice.march.agreement import Agreement
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.estimates.bounds.bound import ErrorBound
    from pdedsl.estimates.correction import State
    from pdedsl.estimates.estimate import ErrorEstimate
    from pdedsl.estimates.solvability import Solvability
    from pdedsl.training.outcome import Outcome

    from .watching import Moment

_ROUNDING = 1e-10  # relative residuals that tell nothing of points, whatever their ratio
_HOLD = 1e-5  # the same of laws that were hard beside data, whose noise leaves 1e-6 of them
_FRESH = 2**42  # seed of the points of `Solution.misfits`, far from those of trainings


@dataclass(frozen=True)
class Provenance:
    """How a solution was found.

    Args:
        method: name of the method, or path of its file.
        settings: the method in full, nested as in a method file.
        why: the reason for the method.
        seconds: ``total``, and of it ``choose`` (the method), ``compile`` and ``train``.
        agreement: of marches at several tolerances, where the method is one of them.
    """

    method: str
    settings: Mapping[str, Any]
    why: str
    seed: int
    dtype: str
    device: str
    threads: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    agreement: Agreement | None = None


class Solution:
    """A trained system as a function: ``solution(x=0.5, t=[0, 0.1])``.

    Args:
        problem: what was solved.
        system: the residual system whose model holds the fields, or those of its parts.
        outcome: best state θ, and how the training ended.
        provenance: method, seed, precision.
        run: folder of the run, if one was written.

    ``unsaved`` holds a sentence for each file of the run folder that could not be written,
    ``moments`` what was measured along the training where it was watched (see `watching`),
    ``estimate`` how wrong it is as far as its own laws tell (None where nobody asked them),
    ``bound`` what its errors are at most, where a theorem says so,
    ``output_estimates`` by how much its outputs change where the estimated error is added,
    ``correction`` the state whose fields have it added, ``polished_from``, of a solution that is
    such a state, the one before, and ``accept`` the relative error up to which it is accepted (see
    `checks.acceptance`).
    """

    def __init__(
        self,
        problem: Problem,
        system: ResidualSystem,
        outcome: Outcome,
        provenance: Provenance,
        run: Path | None = None,
    ) -> None:
        self.problem = problem
        self.system = system
        self.outcome = outcome
        self.provenance = provenance
        self.run = run
        self.unsaved: list[str] = []
        self.moments: tuple[Moment, ...] = ()
        self.estimate: ErrorEstimate | None = None
        self.bound: ErrorBound | None = None
        self.output_estimates: dict[str, float] = {}
        self.correction: State | None = None
        self.polished_from: State | None = None
        self.accept = ACCEPT
        self._sampler = sampler(problem, system, outcome.theta)

    @property
    def theta(self) -> Any:
        """The state, a tensor of shape (P,)."""
        return self.outcome.theta

    @property
    def finite(self) -> bool:
        """Whether the training ended with numbers that can be drawn."""
        return self.outcome.status != "diverged" and math.isfinite(self.outcome.loss)

    @cached_property
    def finding(self) -> Finding | None:
        """What speaks against this result, by the first of the checks that found something."""
        return first_finding(self)

    @cached_property
    def solvability(self) -> Solvability | None:
        """Whether the laws have a solution and only one; None where that is not known."""
        from pdedsl.compiler.lowering.lower import lower
        from pdedsl.estimates.solvability import find_solvability

        whole = self.problem.division == self.system.problem.division
        return find_solvability(self.system.sampler.lowered if whole else lower(self.problem))

    @property
    def usable(self) -> bool:
        """Whether nothing was found that speaks against this result."""
        return self.finding is None

    @property
    def failure(self) -> str | None:
        """Why this is no solution, and what to try; None where nothing speaks against it."""
        return None if self.finding is None else self.finding.text

    @property
    def status(self) -> str:
        """How it ended, in a word: that of the finding, else that of the training.

        A training that was interrupted is that, whatever is found.
        """
        if self.finding is None or self.outcome.status == "interrupted":
            return self.outcome.status
        return self.finding.status

    @cached_property
    def misfits(self) -> dict[str, Misfit]:
        """By label how far each law is from holding, relative to its terms; see `relative`."""
        if not self.finite:
            return {}
        laws = self._finer_laws | laws_at_smooth_start(self)
        return law_misfits(self.system, self.theta, self.provenance.seed + _FRESH, laws)

    @cached_property
    def coarse_integral(self) -> CoarseIntegral | None:
        """The law whose integrals over intervals have too few nodes for the solution, if any."""
        if not self._finer_laws or not self.finite:
            return None
        own = law_misfits(self.system, self.theta, self.provenance.seed + _FRESH)
        finer = {label: self.misfits[label] for label in self._finer_laws if label in self.misfits}
        return coarse_integral(own, finer)

    @cached_property
    def _finer_laws(self) -> dict[str, Law]:
        return finer_laws(self.problem, self.system.problem)

    @property
    def fresh_loss(self) -> float | None:
        """The loss at points that no step has seen, whatever the points of the training are.

        Of a grid or a quadrature it is that of `misfits`; None where laws are integrals, whose
        test functions are the same.
        """
        if self.outcome.fresh_loss is not None or self.system.sampler.integrals:
            return self.outcome.fresh_loss
        weights, found = self.system.weights, self.misfits
        if not found or not weights.keys() <= found.keys():
            return None
        rms, noise = (
            {label: found[label].rms for label in weights},
            self.system.sampler.lowered.noise,
        )
        if noise:  # in units of which rows are, which are not drawn anew
            own = self.system.losses_by_law(self.theta)
            rms |= {label: own[label] for label in noise if label in own}
        return sum(weight * rms[label] ** 2 for label, weight in weights.items())

    @cached_property
    def numbers(self) -> dict[str, float]:
        """Values of the unknown numbers."""
        return {name: float(value) for name, value in self.system.numbers(self.theta).items()}

    @cached_property
    def errors(self) -> dict[str, dict[str, float]] | None:
        """``rel_l2`` and ``linf`` by field against what the spec says is the solution, or None.

        The norms are integrals by a quadrature rule: ``exact`` is compared at Gauss–Lobatto
        nodes of equal panels (in more than three dimensions at 20 000 Sobol points),
        ``reference`` at its rows. A vector field stands under its own name and under those of
        its components. Of a field that is zero ``rel_l2`` is the norm of the error itself, and
        ``absolute`` is true.
        """
        known = known_values(self.problem)
        found = [self._sampler.fields(entry.points) for entry in known]
        return field_errors(self.problem, known, found) or None

    @cached_property
    def outputs(self) -> dict[str, OutputValue]:
        """Values of the ``output`` statements, by name; empty where the training diverged."""
        if not self.finite:
            return {}
        return output_values(self.problem, self._sampler, self.numbers)

    @cached_property
    def held_out(self) -> tuple[HeldOutData, ...]:
        """By row of each fit how far it is from the data that were held out of the training."""
        return tuple(held_out_data(self.system, self.theta)) if self.finite else ()

    @property
    def overfitted(self) -> bool:
        """Whether points, or data, of the training hold at the cost of others."""
        return self.points_overfitted or any(own.overfitted for own in self.held_out)

    @property
    def points_overfitted(self) -> bool:
        """Whether points of the training do; not where laws hold to rounding at others, too."""
        if not self.outcome.overfitted:
            return False
        worst = max((own.relative for own in self.misfits.values()), default=math.inf)
        return not worst <= _ROUNDING

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """How far the noise of data moves what a fit finds; see `estimates.uncertainty`."""
        return uncertainty_of(self.system, self.theta) if self.finite else Uncertainty()

    @property
    def laws_hold(self) -> bool:
        """Whether all that is left of the laws is in the data of fits."""
        fits = {law.label for law in self.problem.laws if law.kind == "fit"}
        left = [own.relative for label, own in self.misfits.items() if label not in fits]
        return max(left, default=0.0) <= _HOLD

    @property
    def number_deviations(self) -> dict[str, float]:
        """Standard deviations of the numbers of a fit."""
        return dict(self.uncertainty.numbers)

    @cached_property
    def field_deviations(self) -> dict[str, float]:
        """The standard deviation of each field of a fit from the noise, relative to its norm."""
        return deviations_of_fields(self)

    @cached_property
    def number_errors(self) -> dict[str, dict[str, float]]:
        """``exact``, ``absolute`` and ``relative`` for the unknown numbers that are known."""
        return number_errors(self.problem, self.numbers)

    @cached_property
    def estimators(self) -> dict[str, dict[str, Any]]:
        """By label how far estimated Laplacians are from exact; empty where none is estimated.

        See `pdedsl.compiler.residual.laplacian_report`.
        """
        if not self.finite:
            return {}
        found: dict[str, dict[str, Any]] = self.system.estimator_report(self.theta)
        return found

    def __call__(self, **coordinates: ArrayLike) -> Array | dict[str, Array]:
        """Values of the fields; coordinates broadcast as in numpy.

        Returns:
            The values in the broadcast shape when there is one field, else a dictionary by
            field. A vector field has its components along the first axis.

        Of tensors of torch the values are tensors, with gradients in the coordinates. There is a
        warning where points lie outside of the domain.

        Raises:
            TypeError: a coordinate is missing or unknown.
        """
        components = self.problem.components
        rows, stack = self._values(components, coordinates)
        by_name = {c.func.__name__: row for c, row in zip(components, rows, strict=True)}
        return self._by_field(by_name, stack)

    def _by_field(
        self, components: Mapping[str, Any], stack: Callable[..., Any]
    ) -> Array | dict[str, Array]:
        """Values by component as a call returns them, for one field or by field."""
        values = {}
        for f in self.problem.fields:
            own = [components[c.func.__name__] for c in f.components]
            values[f.name] = stack(own) if f.vector else own[0]
        return values if len(values) > 1 else next(iter(values.values()))

    def deviation(self, **coordinates: ArrayLike) -> Array | dict[str, Array]:
        """One standard deviation of the fields of a fit by the noise of its data, as of a call.

        Raises:
            TypeError: a coordinate is missing or unknown.
            ValueError: no deviation is known.
        """
        points, shape = as_points(self.problem, coordinates)
        warn_beyond(self.problem, points)
        found = self.deviations_at(points) or refuse_deviation(self)
        return self._by_field({name: own.reshape(shape) for name, own in found.items()}, np.stack)

    def deviations_at(self, points: Array) -> dict[str, Array]:
        """The standard deviation of every component at points (n, inputs); empty if not known."""
        return deviations_at(self, points)

    def _values(
        self, expressions: Sequence[sp.Expr], coordinates: Mapping[str, Any]
    ) -> tuple[list[Any], Callable[..., Any]]:
        """Values of expressions at coordinates that broadcast, and what joins them to an array."""
        if has_tensors(coordinates):
            import torch

            found, at = tensor_values(self.problem, expressions, self.evaluate, coordinates)
            warn_beyond(self.problem, at.detach().cpu().double().numpy())
            return found, torch.stack
        points, shape = as_points(self.problem, coordinates)
        warn_beyond(self.problem, points)
        if tuple(expressions) == self.problem.components:
            fields = self._sampler.fields(points)
            return [fields[c.func.__name__].reshape(shape) for c in expressions], np.stack
        rows = [self._sampler.expression(e, points).reshape(shape) for e in expressions]
        return rows, np.stack

    def derivative(self, name: str) -> Callable[..., Array]:
        """The function of a field, a component or a derivative: ``u``, ``v[1]``, ``u_xx``.

        The function takes coordinates as the solution does. A derivative of a vector field
        has the components along the first axis.

        Raises:
            ValueError: the name is not that of a field followed by coordinates.
        """
        expressions = resolve(self.problem, name)

        def function(**coordinates: ArrayLike) -> Array:
            rows, stack = self._values(expressions, coordinates)
            return stack(rows) if len(rows) > 1 else rows[0]

        return function

    def at(self, points: Array) -> dict[str, Array]:
        """Every component at points of shape (n, inputs), columns as ``problem.inputs``."""
        return self._sampler.fields(points)

    def estimated_errors(self, points: Array) -> dict[str, Array]:
        """The estimated error e of every component at points (n, inputs), so that u ≈ u_h + e.

        Empty where no error is estimated.
        """
        return estimated_errors_at(self, points)

    def sample(self, name: str, points: Array) -> Array:
        """A field or derivative by name at points; (n,), or (components, n) for a vector."""
        rows = [self._sampler.expression(e, points) for e in resolve(self.problem, name)]
        return np.stack(rows) if len(rows) > 1 else rows[0]

    def evaluate(self, expression: sp.Expr, points: Array) -> Array:
        """An expression of fields, their derivatives and the inputs at points (n, inputs): (n,)."""
        return self._sampler.expression(expression, points)

    def residual(self, label: str, points: Array) -> Array:
        """Residuals of a law inside the domain at points (n, inputs): (components, n)."""
        return self._sampler.residual(label, points)
