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
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor

from pdedsl.compiler.lowering.groups import axes_of
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.diagnostics import UserError
from pdedsl.models import BasisModel
from pdedsl.models.bases import BasisOptions, basis_size
from pdedsl.models.corrected import Corrected
from pdedsl.models.model import Model
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions

from .correction import State, correct, elsewhere, first_state, strongly
from .estimate import RELIABLE, Squares, unexplained
from .norms import squares_of
from .richer_basis import first_basis, periodic_axes, raised

ENOUGH, CERTAIN = 0.1, 0.03
"""The part of the residual below which the degree is not raised, where the estimate is that of the
degree before, and where it need not be: the ratio of estimate and error was 0.94 to 1.04 in 30
cases with less than a tenth, but 0.34 for a solution of allen_cahn_anagram that is far off, whose
estimates grew by a third from degree to degree."""
_STEADY = 0.1  # the change of an estimate from degree to degree, a choice
_FAR_BETTER = 1e-3  # part of the largest relative error, below which that of a component is small
MOST_FUNCTIONS = 3_000
"""Of all components together: their matrix has some 2e7 entries, as the largest of `auto`."""
_SECONDS = 8e-10  # of a least-squares problem, times the cube of its functions, on one core
_LEAST_SECONDS = 0.5  # which the first basis may take in any case, a choice
# Parts of `left` from degree to degree. Above the first one it has stalled: polynomials of degree 9
# to 50 leave 0.19 to 0.16 of the front of burgers, with an estimate of 0.6 to 0.7 of the error.
_STALLED, _FALLING = 0.93, 0.7
_STEPS = 3  # of Newton's method for a degree, as long as one lowers the loss by
_PROGRESS = 0.5  # this part
_ROUNDING = 10.0  # rounding units of the terms of r, as for least squares
# Points of a law at which the size of its terms is measured, fewer for many parameters; choices.
_SAMPLE, _FEWEST, _ENTRIES = 64, 4, 2**21
_OF_ROUNDING = 600  # functions for the size of rounding, of which more say no more; a choice


@dataclass(frozen=True)
class Correction:
    """What was found of the error.

    Args:
        state: u_h + e, and the coefficients of e; None where no basis was solved.
        squares: by component, see `squares_of`.
        left: see the module docstring.
        reason: why it is no better; empty where less than `ENOUGH` is left.
        at_rounding: whether the residual of u_h is rounding.
    """

    state: State | None
    squares: Mapping[str, Squares]
    left: float
    reason: str = ""
    at_rounding: bool = False


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
        clock: seconds by the clock, after which none is begun.
    """
    weights = balanced(solution.system) if weights is None else weights
    try:
        return _Search(solution, weights, seconds, clock).run()
    except (UserError, ValueError, ArithmeticError, RuntimeError, MemoryError) as error:
        # A result must not be lost because something about its error cannot be computed.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return Correction(None, {}, math.nan, f"the equation of the error fails: {reason}")


def balanced(system: ResidualSystem) -> dict[str, float]:
    """Weight 1 for equations, 100 for conditions, and those of the system for data.

    With a basis that resolves the error the weights hardly matter, unless the units make one law
    hide another: then they are those of the sizes of the laws.
    """
    from pdedsl.choice.basis.condition_weights import sized_weights
    from pdedsl.choice.tuning import CONDITIONS_WEIGHT

    own = {law.label: system.sampler.weight(law) for law in system.problem.laws}
    fixed = {"eq": 1.0, "bc": CONDITIONS_WEIGHT, "ic": CONDITIONS_WEIGHT}
    found = {law.label: fixed.get(law.kind, own[law.label]) for law in system.problem.laws}
    return found | sized_weights(system.sampler.lowered)


class _Search:
    """Bases one after another."""

    def __init__(
        self, solution: State, weights: Mapping[str, float], seconds: float, clock: float
    ) -> None:
        self._solution, self._weights = solution, weights
        self._seconds, self._clock, self._foreseen = seconds, clock, 0.0
        self._pace = 1.0  # seconds by the clock for each that was foreseen
        self._networks = solution.system.networks
        self._periodic = [periodic_axes(network) for network in self._networks]
        self._began = time.perf_counter()

    def run(self) -> Correction:
        """The correction with the least residual that is left."""
        models = zip(self._networks, self._periodic, strict=True)
        options = tuple(first_basis(network.model, circles) for network, circles in models)
        size, rounding = _rounding(self._solution, self._weights)
        while size <= rounding and self._size(options) > _OF_ROUNDING:
            options = tuple(map(_fewer, options))
        found: list[Correction] = []
        while not (why := self._obstacle(options, found)):
            began = time.perf_counter()
            last = self._correction(options, found[-1] if found else None, rounding)
            found.append(last)
            taken = time.perf_counter() - began
            self._pace = max(1.0, taken / (_SECONDS * self._size(options) ** 3))
            if last.at_rounding or not math.isfinite(last.left) or _is_settled(found):
                return last
            pairs = zip(options, self._periodic, strict=True)
            options = tuple(raised(own, last.left, circles) for own, circles in pairs)
        return _best(found, why)

    def _obstacle(self, options: tuple[BasisOptions, ...], found: Sequence[Correction]) -> str:
        """Why a basis is not tried; empty where it is."""
        if len(found) > 2 and all(b.left > _STALLED * a.left for a, b in pairwise(found[-3:])):
            return "more of them do not change that"
        if (size := self._size(options)) > MOST_FUNCTIONS:
            return f"{size:,} would be needed"
        work, used = _SECONDS * size**3, time.perf_counter() - self._began
        self._foreseen += work
        least = 0.0 if found else _LEAST_SECONDS
        # A basis takes at most as many times what is foreseen as the smaller one before.
        late = used + self._pace * work > max(self._clock, least)
        if late or self._foreseen > max(self._seconds, least):
            return "there is no time for more"
        return ""

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
        start = zero if last is None or system.linear else _prolong(last, system, zero)
        theta = _solve(system, start)
        before, after = (float(check.residual(state).norm()) for state in (zero, theta))
        left = after / before if before > 0 else 0.0
        lost = before <= rounding or (after <= rounding and left > RELIABLE)
        squares = squares_of(system.problem, system.networks, theta)
        return Correction(State(system, theta), squares, left, at_rounding=lost)


def _is_settled(found: Sequence[Correction]) -> bool:
    """Whether little is left of the residual, and the estimate is that of the degree before."""
    last = found[-1]
    if len(found) < 2 or last.left < CERTAIN:
        return last.left < CERTAIN
    return last.left < ENOUGH and _change(found[-2], last) < _STEADY


def _change(before: Correction, after: Correction) -> float:
    """The largest change of an estimate, relative, among components that are not far better."""
    parts = {name: own.error / own.size if own.size else 0.0 for name, own in after.squares.items()}
    least = _FAR_BETTER**2 * max(parts.values(), default=0.0)
    own = {name: after.squares[name].error for name, part in parts.items() if part > least}
    ratios = (math.sqrt(before.squares[name].error / error) for name, error in own.items())
    return max((abs(ratio - 1) for ratio in ratios), default=0.0)


def _best(found: Sequence[Correction], why: str) -> Correction:
    """The last correction where it may be believed, and else the best with the reason why not.

    The residual of a front that no degree resolves may be small beside that of a poor solution and
    hardly fall any more, while the error is twice the estimate.
    """
    if not found:
        return Correction(None, {}, math.nan, f"too many functions: {why}")
    last, before = found[-1], found[-2] if len(found) > 1 else None
    if before is None:
        assert last.state is not None
        reliable = last.left < ENOUGH and last.state.system.linear
    else:
        falls = last.left < ENOUGH or last.left <= _FALLING * before.left
        reliable = last.left <= RELIABLE and falls and _change(before, last) < _STEADY
    if reliable:
        return last
    best = min(found, key=lambda correction: correction.left)
    if best.left < ENOUGH:
        return replace(best, reason=f"the estimate still changes with the functions; {why}")
    return replace(best, reason=f"{unexplained(best.left)}; {why}")


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


def _rounding(solution: State, weights: Mapping[str, float]) -> tuple[float, float]:
    """Norms of the residual, and of what rounding may be in it, on few points.

    No more is known of a residual below some rounding units of ‖|J||θ|‖.
    """
    strong = strongly(solution, weights)
    few = elsewhere(strong.system, max(_FEWEST, min(_SAMPLE, _ENTRIES // len(strong.theta))))
    residual, jacobian = few.residual_and_jacobian(strong.theta)
    terms = float((jacobian.abs() @ strong.theta.abs()).norm())
    return float(residual.norm()), _ROUNDING * torch.finfo(torch.float64).eps * terms


def _fewer(options: BasisOptions) -> BasisOptions:
    modes = options.modes
    half = max(1, modes // 2) if isinstance(modes, int) else tuple(max(1, n // 2) for n in modes)
    least = options.smoothness + 1 if any(options.breaks) else 1
    own = max(least, half) if isinstance(half, int) else tuple(max(least, n) for n in half)
    return options.model_copy(update={"modes": own})
