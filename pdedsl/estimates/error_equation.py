r"""The error of a solution from the equation that it satisfies.

The linearised equation of the error (`correction`) is solved by least squares in a basis that is
richer than the solution's (`richer_basis`). How far e accounts for the residual is measured at
independent points, with the same weights,

.. math:: left = ‖r(u_h + e)‖ / ‖r(u_h)‖,

and the degree is raised until little is left. For nonlinear problems the residual is that of the
full equation: a step of Newton's method that is not enough shows in it, and further steps follow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.compiler.lowering.groups import axes_of
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.diagnostics import UserError
from pdedsl.models import BasisModel
from pdedsl.models.bases import BasisOptions, basis_size
from pdedsl.models.corrected import Corrected
from pdedsl.models.model import Model
from pdedsl.models.runtime.deadline import DeadlineError
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions

from .correction import State, correct, elsewhere, first_state, strongly
from .missed_values import missed_values
from .norms import squares_of
from .richer_basis import first_basis, periodic_axes, raised
from .settling import (
    ENOUGH,
    Correction,
    believed,
    best,
    has_stalled,
    is_settled,
    is_settled_at_corners,
)
from .shape_basis import may_be_singular, on_shape, raised_on_shape

MOST_FUNCTIONS = 3_000
"""Of all components together: their matrix has some 2e7 entries, as the largest of `auto`."""
_SECONDS = 8e-10  # of a least-squares problem, times the cube of its functions, on one core
_GROWTH = 2.0
"""Power of the number of functions that seconds grow with from a basis to the next: 1.5 to 2.5 was
seen from 150 to 1,000 functions, where points and derivatives still count."""
_LEAST_SECONDS = 0.5  # which the first basis may take in any case, a choice
NO_TIME = "the budget leaves no time for more functions (--budget)"
_STEPS = 3  # of Newton's method for a degree, as long as one lowers the loss by
_PROGRESS = 0.5  # this part
_ROUNDING = 10.0  # rounding units of the terms of r, as for least squares
# The same on shapes, where least squares leaves 18 of them with 152 functions for corners.
_ROUNDING_ON_SHAPES = 30.0
# Points of a law at which the size of its terms is measured, fewer for many parameters; choices.
_SAMPLE, _FEWEST, _ENTRIES = 64, 4, 2**21
_ON_SHAPES = 16  # the degree for which laws count alike on shapes: a choice
_OF_ROUNDING = 600  # functions for the size of rounding, of which more seldom say more; a choice
# Growth of that size from basis to basis, above which the equation amplifies short waves: 0.9 to
# 2.1 in ten problems of the gallery, 8 for a disk with k = 20, but 360 and 1,000 for heat run
# backward.
_AMPLIFIED = 10.0


def correct_solution(
    solution: State,
    weights: Mapping[str, float] | None = None,
    seconds: float = math.inf,
    clock: float = math.inf,
) -> Correction:
    """Solve the equation of the error in richer and richer bases.

    Args:
        solution: u_h. A system whose initial laws have targets, as a window of time has, is
            compared with these.
        weights: of the loss by label or kind; those of `balanced` by default.
        seconds: of work, as foreseen from the numbers of functions, so that the same solution has
            the same estimate on a busy machine; no basis is begun that needs more.
        clock: seconds by the clock, after which none is begun; one that is begun is given up at the
            `deadline` of who asks.
    """
    try:
        weights = balanced(solution.system) if weights is None else weights
        return _Search(solution, weights, seconds, clock).run()
    except DeadlineError:
        return Correction(None, {}, math.nan, NO_TIME)
    except (UserError, ValueError, ArithmeticError, RuntimeError, MemoryError) as error:
        # A result must not be lost because something about its error cannot be computed.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return Correction(None, {}, math.nan, f"the equation of the error fails: {reason}")


def balanced(system: ResidualSystem) -> dict[str, float]:
    """Weight 1 for equations, 100 for conditions, and those of the system for data.

    With a basis that resolves the error the weights hardly matter, unless the units make one law
    hide another: then they are those of the sizes of the laws. On shapes conditions count as much
    as the equations for functions of a middle degree, or little would be left of a residual where
    the conditions are missed.
    """
    from pdedsl.choice.basis.condition_weights import sized_weights
    from pdedsl.choice.shapes.row_weights import row_weights
    from pdedsl.choice.tuning import CONDITIONS_WEIGHT

    own = {law.label: system.sampler.weight(law) for law in system.problem.laws}
    fixed = {"eq": 1.0, "bc": CONDITIONS_WEIGHT, "ic": CONDITIONS_WEIGHT}
    found = {law.label: fixed.get(law.kind, own[law.label]) for law in system.problem.laws}
    if on_shapes(system.problem):
        return found | row_weights(system.problem, _ON_SHAPES)
    return found | sized_weights(system.sampler.lowered)


class _Search:
    """Bases one after another."""

    def __init__(
        self, solution: State, weights: Mapping[str, float], seconds: float, clock: float
    ) -> None:
        self._solution, self._weights = solution, weights
        self._seconds, self._clock, self._foreseen = seconds, clock, 0.0
        self._last = (0.0, 1)  # seconds by the clock and functions of the basis before
        self._on_shape = on_shapes(solution.system.problem)
        self._corners = self._on_shape and may_be_singular(solution.system.problem)
        self._networks = solution.system.networks
        self._groups = [network.group for network in self._networks]
        self._periodic = [periodic_axes(network) for network in self._networks]
        self._began = time.perf_counter()

    def run(self) -> Correction:
        """The correction with the least residual that is left."""
        models = zip(self._networks, self._periodic, strict=True)
        options = tuple(first_basis(network.model, circles) for network, circles in models)
        options = self._with_columns(options)
        size, terms = _sizes(self._solution, self._weights)
        units = _ROUNDING_ON_SHAPES if self._on_shape else _ROUNDING
        rounding = units * torch.finfo(torch.float64).eps * terms
        if size <= rounding and (fewer := self._few(options)) != options:
            return self._size_of_rounding(fewer, rounding)
        found: list[Correction] = []
        while not (why := self._obstacle(options, found)):
            began = time.perf_counter()
            try:
                last = self._correction(options, found[-1] if found else None, rounding)
            except DeadlineError:
                why = NO_TIME
                break
            found.append(last)
            self._last = time.perf_counter() - began, self._size(options)
            settled = is_settled_at_corners(found) if self._corners else is_settled(found)
            if last.complete or not math.isfinite(last.left) or settled:
                return believed(last, size / terms if terms else 0.0)
            options = self._raised(options, last.left)
        return believed(best(found, why, self._corners), size / terms if terms else 0.0)

    def _few(self, options: tuple[BasisOptions, ...]) -> tuple[BasisOptions, ...]:
        """Fewer functions, which are enough for the size of what is rounding."""
        while self._size(options) > _OF_ROUNDING:
            fewer = self._with_columns(tuple(map(_fewer, options)))
            if fewer == options:
                break
            options = fewer
        return options

    def _size_of_rounding(self, options: tuple[BasisOptions, ...], rounding: float) -> Correction:
        """The error of a residual that is rounding, where few functions show its size.

        More and more of them are taken as long as it grows with them, as where an equation
        amplifies short waves.
        """
        found: list[Correction] = []
        # The first basis is none that has not helped: a second one is due beside it.
        while not (why := self._obstacle(options, found[1:])):
            try:
                found.append(self._correction(options, None, rounding))
            except DeadlineError:
                why = NO_TIME
                break
            if len(found) > 1 and _error(found[-1]) <= _AMPLIFIED * _error(found[-2]):
                return found[-1]
            options = self._raised(options, 0.0)
        if not found:
            return best(found, why, self._corners)
        seen = (
            "rounding grows with the number of functions, as short waves are amplified"
            if len(found) > 1
            else "whether rounding grows with the number of functions was not seen"
        )
        return replace(found[-1], reason=f"{seen}; {why}")

    def _obstacle(self, options: tuple[BasisOptions, ...], found: Sequence[Correction]) -> str:
        """Why a basis is not tried; empty where it is."""
        if has_stalled(found):
            return "more functions do not change that"
        if (size := self._size(options)) > MOST_FUNCTIONS:
            return f"{size:,} functions would be needed, which take too long"
        work, used = _SECONDS * size**3, time.perf_counter() - self._began
        self._foreseen += work
        least = 0.0 if found else _LEAST_SECONDS
        taken, before = self._last
        late = used + max(work, taken * (size / before) ** _GROWTH) > max(self._clock, least)
        if late or self._foreseen > max(self._seconds, least):
            return NO_TIME
        return ""

    def _with_columns(self, options: tuple[BasisOptions, ...]) -> tuple[BasisOptions, ...]:
        """The same, with what solutions on shapes have beside polynomials."""
        if not self._on_shape:
            return options
        return on_shape(self._solution.system.problem, self._groups, options)

    def _raised(self, options: tuple[BasisOptions, ...], left: float) -> tuple[BasisOptions, ...]:
        """More functions, after some that have left so much."""
        if self._on_shape:
            return raised_on_shape(self._solution.system.problem, self._groups, options, left)
        pairs = zip(options, self._periodic, strict=True)
        return tuple(raised(own, left, circles) for own, circles in pairs)

    def _size(self, options: tuple[BasisOptions, ...]) -> int:
        """Number of functions of all components."""
        problem = self._solution.system.problem
        return sum(
            basis_size(own, axes_of(problem, network.group)) * network.model.outputs
            for own, network in zip(options, self._networks, strict=True)
        )

    def _correction(
        self, options: tuple[BasisOptions, ...], last: Correction | None, rounding: float
    ) -> Correction:
        """The error in one basis, from that in the basis before."""
        system = correct(self._solution, options, self._weights)
        check, zero = elsewhere(system), first_state(self._solution, system)
        start = zero
        # Columns of another degree may be other functions of the same names.
        if last is not None and not (system.linear or self._on_shape):
            start = _prolong(last, system, zero)
        theta = _solve(system, start)
        before, after = (float(check.residual(state).norm()) for state in (zero, theta))
        left = after / before if before > 0 else 0.0
        # Rounding tells nothing of the error but its size, where it is most of the residual.
        lost = before <= rounding or (after <= rounding and left > ENOUGH)
        squares = squares_of(system.problem, system.networks, theta)
        whole = lost or after <= rounding
        missed = 0.0 if whole else missed_values(check, theta, squares)
        return Correction(State(system, theta), squares, left, "", lost, whole, missed)


def _solve(system: ResidualSystem, theta: Tensor) -> Tensor:
    """Least squares, and for nonlinear problems some steps of Newton's method."""
    optimizer = LeastSquares(system, LstsqOptions(), theta)
    loss = math.inf
    for _ in range(1 if system.linear else _STEPS):
        step = optimizer.step()
        if step.ended or not step.loss < _PROGRESS * loss:
            break
        loss = step.loss
    return optimizer.theta


def _prolong(last: Correction, system: ResidualSystem, zero: Tensor) -> Tensor:
    """The coefficients of a correction in a basis with more functions, by the names of these."""
    assert last.state is not None
    out, numbers = zero.clone(), len(zero) - system.ansatz.numbers_at
    if numbers:
        out[-numbers:] = last.state.theta[-numbers:]
    for before, after in zip(last.state.system.networks, system.networks, strict=True):
        old, new = _basis(before.model), _basis(after.model)
        if new.local:
            continue  # splines of another degree are other functions of the same names
        place = {label: number for number, label in enumerate(new.basis.labels)}
        where = torch.tensor([place[label] for label in old.basis.labels])
        own = last.state.theta[before.offset : before.offset + old.size]
        for c, part in enumerate(own.split(old.basis.size)):
            out[after.offset + c * new.basis.size + where] = part
    return out


def _basis(model: Model) -> BasisModel:
    assert isinstance(model, Corrected) and isinstance(model.correction, BasisModel)
    return model.correction


def _sizes(solution: State, weights: Mapping[str, float]) -> tuple[float, float]:
    """Norms of the residual and of its terms, ‖|J||θ|‖, on few points.

    No more is known of a residual below some rounding units of its terms.
    """
    strong = strongly(solution, weights)
    few = elsewhere(strong.system, max(_FEWEST, min(_SAMPLE, _ENTRIES // len(strong.theta))))
    residual, jacobian = few.residual_and_jacobian(strong.theta)
    terms = float((jacobian.abs() @ strong.theta.abs()).norm())
    return float(residual.norm()), terms


def _error(found: Correction) -> float:
    return math.sqrt(sum(own.error for own in found.squares.values()))


def _fewer(options: BasisOptions) -> BasisOptions:
    modes = options.modes
    half = max(1, modes // 2) if isinstance(modes, int) else tuple(max(1, n // 2) for n in modes)
    least = options.smoothness + 1 if any(options.breaks) else 1
    own = max(least, half) if isinstance(half, int) else tuple(max(least, n) for n in half)
    return options.model_copy(update={"modes": own})
