"""Follows a training, and measures its states within a share of the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from .measures import Measures
from .moment import Moment

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.ir import Problem
    from pdedsl.optimizers.problem import LeastSquaresProblem
    from pdedsl.optimizers.protocol import Step

SHARE = 0.15
"""Of the time of a training, that measuring may take."""

_PARTS = {"gradients": 0.1, "bands": 0.3, "tangent": 0.25, "hessian": 0.35}
"""Parts of the share by kind of measure: the cheap ones come often, however dear the others are."""

_RATIO = 1.25  # of the iterations of one moment and the next, at least
# Seconds that a measure of the first state may take in any case, the same where the run has no
# budget, and of the last state in any case; choices.
_FIRST, _UNPLANNED, _LAST = 0.5, 5.0, 5.0
_BOTH = 4.0  # both ends of the Hessian's spectrum take so many times as long as the largest


def share_of(watch: bool | float) -> float:
    """The share of the time that is asked for: 0 for False, `SHARE` for True.

    Raises:
        ValueError: it is negative or no number.
    """
    share = SHARE * watch if isinstance(watch, bool) else float(watch)
    if not share >= 0:
        raise ValueError(f"watch: expected a share of the time from 0 on, got {watch!r}")
    return share


class Observer:
    """Measures states at iterations 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, …, a quarter further each time.

    A measure is left for later where it, and one more of its kind for the last state, would take
    more than its part of the share of the time so far. For the first state this is a part of the
    budget; for both ends some seconds are granted however short the run.

    Args:
        problem: that is solved, as it was given.
        budget: seconds of the training; None for no limit.
        share: of the time; infinite for every one of these iterations.
        keep: called with every moment as it is measured.
        before: moments of a run that goes on.
    """

    def __init__(
        self,
        problem: Problem,
        budget: float | None,
        share: float,
        keep: Callable[[Moment], None] | None = None,
        before: Sequence[Moment] = (),
    ) -> None:
        self._problem = problem
        self._budget, self._share, self._keep = budget, share, keep
        self._start = time.perf_counter()
        self._next = (
            max(before[-1].iteration + 1, int(_RATIO * before[-1].iteration)) if before else 0
        )
        self._costs: dict[str, float] = {}
        self._spent = dict.fromkeys(_PARTS, 0.0)
        self._last: tuple[int, Step, ResidualSystem] | None = None
        self._measures: tuple[ResidualSystem, Measures] | None = None
        self.moments: list[Moment] = list(before)

    def see(self, iteration: int, step: Step, system: LeastSquaresProblem) -> None:
        """Follow a step; steps that are made several at once may pass over a mark."""
        # Trainings of problems are those of residual systems.
        self._last = iteration, step, cast("ResidualSystem", system)
        if iteration >= self._next:
            self._next = max(iteration + 1, int(_RATIO * iteration))
            self._take(*self._last)

    def finish(self) -> tuple[Moment, ...]:
        """Measure the last state; all moments."""
        if self._last is not None:
            self._take(*self._last, last=True)
        return tuple(self.moments)

    def _take(self, iteration: int, step: Step, system: ResidualSystem, last: bool = False) -> None:
        """Measure what is not measured at this iteration yet and can be afforded."""
        measures, seconds = self._of(system, step.theta), self._elapsed
        end = last or not self.moments
        found: dict[str, Any] = {}
        left_out: dict[str, str] = {}
        for kind in self._missing(iteration):
            began = time.perf_counter()
            try:
                found[kind] = self._measure(kind, measures, step.theta, end)
            except (ArithmeticError, MemoryError, RuntimeError, ValueError) as error:
                # A measure that fails costs the training nothing but this measure.
                left_out[kind] = (str(error) or repr(error)).splitlines()[0]
            self._spent[kind] += time.perf_counter() - began
            if last and found.get(kind) is None and self._never(kind):
                text = f"it would take about {self._costs[kind]:.2g} s, too long for such a run"
                left_out.setdefault(kind, text)
        if left_out or any(value is not None for value in found.values()):
            weights = dict(system.weights)
            moment = Moment(iteration, seconds, step.loss, weights, left_out=left_out, **found)
            self.moments.append(moment)
            if self._keep is not None:
                self._keep(moment)

    def _never(self, kind: str) -> bool:
        return all(getattr(m, kind) is None and kind not in m.left_out for m in self.moments)

    def _missing(self, iteration: int) -> list[str]:
        known = [m for m in self.moments[-1:] if m.iteration == iteration]
        return [
            kind for kind in _PARTS
            if not any(getattr(m, kind) is not None or kind in m.left_out for m in known)
        ]  # fmt: skip

    def _measure(self, kind: str, measures: Measures, theta: Tensor, end: bool) -> Any:
        """The result; None where it takes too long for now."""
        if kind not in self._costs:
            self._costs[kind] = measures.expected(kind, theta)
        if not self._affords(kind, self._costs[kind], end):
            return None
        began = time.perf_counter()
        if kind != "hessian":
            found = getattr(measures, kind)(theta)
            self._costs[kind] = time.perf_counter() - began
            return found
        both = self._affords(kind, _BOTH * self._costs[kind], end)
        ends = measures.hessian(theta, both)
        self._costs[kind] = (time.perf_counter() - began) / (_BOTH if both else 1.0)
        return ends

    def _affords(self, kind: str, cost: float, end: bool) -> bool:
        part, spent = self._share * _PARTS[kind], self._spent[kind]
        if not end:
            return spent + 2 * cost <= part * self._elapsed
        if self.moments:
            return cost <= max(_LAST, part * self._elapsed)
        if self._budget is None:
            return cost <= max(_UNPLANNED, part * self._elapsed)
        return cost <= max(_FIRST, part * self._budget)

    @property
    def _elapsed(self) -> float:
        return time.perf_counter() - self._start

    def _of(self, system: ResidualSystem, theta: Tensor) -> Measures:
        if self._measures is None or self._measures[0] is not system:
            self._measures = system, Measures(self._problem, system, theta)
        return self._measures[1]
