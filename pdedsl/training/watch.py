"""The watch over a run: clock, best state, history, and when to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Step
from pdedsl.optimizers.state import State, Stateful

from .balance import Balance
from .compared import Compared
from .outcome import Outcome, Progress, rounding_level
from .rules.held_out import fresh_loss
from .rules.rule import Change, NewPointWeights, Stop

Errors = Callable[[Tensor], Mapping[str, Mapping[str, float]]]
Follower = Callable[[int, Step, LeastSquaresProblem], None]
Listener = Callable[[Progress], None]

LONGER = "; a longer budget may lower it"
_SHARE = 0.05  # of the time, for reports and for errors each, which come when less is used
_LONGEST_HISTORY = 2_000
_DEAR = 0.05  # part of the budget for residuals, from which they are evaluated once less; a choice
_GROWTH = 1e8  # of the loss over the first one, which counts as divergence


class Watch(Stateful):
    """See the module docstring.

    Args:
        system: what is trained.
        budget: seconds, or None for no limit.
        on_progress: called with every report.
        errors: errors of a state against the known solution, or None.
        should_stop: asked in every iteration.
        on_step: called with the iterations made so far, every step of finite loss, and the system
            whose step it is; its time is none of the iterations'.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({
        "system", "budget", "on_progress", "should_stop", "on_step", "_errors", "_start", "_last",
        "_balance", "_measured", "_slowest", "_longest_report",
    })  # fmt: skip

    def __init__(
        self,
        system: LeastSquaresProblem,
        budget: float | None,
        on_progress: Listener | None = None,
        errors: Errors | None = None,
        should_stop: Callable[[], bool] | None = None,
        on_step: Follower | None = None,
    ) -> None:
        self.system = system
        self.budget = math.inf if budget is None else budget
        self.on_progress, self.should_stop, self.on_step = on_progress, should_stop, on_step
        self._errors = errors
        self._start = self._last = time.perf_counter()
        self._report_seconds = self._error_seconds = self._longest_report = 0.0
        self._balance = Balance()
        self.history: list[Progress] = []
        self.iterations = 0
        self.best = self._first = system.theta0
        self.best_loss = self.first_loss = math.inf
        self._slowest = 0.0
        self._measured: tuple[Tensor, dict[str, float]] | None = None  # state and its laws
        self._compared, self._point_weights = Compared(system), False

    def state(self) -> State:
        """The state, with the time since the start."""
        return {**super().state(), "seconds": self.seconds}

    def restore(self, state: State) -> None:
        """Take a state over; the budget is what is left from now on."""
        before = state["seconds"]
        super().restore({name: own for name, own in state.items() if name != "seconds"})
        self._last = time.perf_counter()
        self._start = self._last - before
        self.budget += before

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float:
        """Seconds of the budget, without those that the report at the end takes."""
        return self.budget - self.seconds - self._longest_report

    @property
    def floor(self) -> float:
        """Losses at or below this are at the level of rounding."""
        return rounding_level(self.best.dtype, self.first_loss)

    def observe(self, step: Step) -> Stop | None:
        """Count the iterations, keep the state if it is the best, report now and then."""
        self._tick()
        self.iterations += step.iterations
        if not math.isfinite(step.loss):
            return Stop("diverged", self._not_finite(step.theta))
        if self.on_step is not None:
            before = time.perf_counter()
            # The first state is counted as well.
            self.on_step(self.iterations - 1, step, self.system)
            self._last += time.perf_counter() - before
        if math.isinf(self.first_loss):
            self._first, self.first_loss = step.theta, step.loss
        if step.loss < self.best_loss:
            self.best, self.best_loss = step.theta, step.loss
        if self._report_seconds <= _SHARE * self.seconds or step.note:
            self.report(step.theta, step.loss, step.note)
        if step.loss > _GROWTH * self.first_loss:
            return Stop("diverged", _GREW)
        return self.spent()

    def spent(self, share: float = 1.0) -> Stop | None:
        """A stop when the user asks for it, or when another iteration would pass the budget."""
        if self.should_stop is not None and self.should_stop():
            return Stop("interrupted", "stopped on request; the best state so far is kept")
        late = self.seconds + self._slowest > share * self.budget
        return self.at_budget() if late else None

    def at_budget(self) -> Stop:
        """The stop where the budget is spent."""
        text = f"the budget of {self.budget:.3g} s is spent at a loss of {self.best_loss:.2g}"
        # What is at the level of rounding no time lowers.
        return Stop("budget", text if self.best_loss <= self.floor else text + LONGER)

    def apply(self, change: Change, theta: Tensor) -> float:
        """Change the system, and evaluate the states that are compared later anew.

        Args:
            change: of points or weights.
            theta: the state that training is at; it is the best one from now on where its loss is
                not above that of the best one so far.

        Returns:
            The loss of ``theta`` after the change.
        """
        change.apply(self.system)
        self._measured = None
        states = [theta] if theta is self.best else [theta, self.best]
        if not change.alike:
            states.append(self._first)
        now, *others = self._compared.losses(change, theta, states)
        if not change.alike:
            self.first_loss = others.pop()
        best = others[0] if others else now
        self.best, self.best_loss = (theta, now) if now <= best else (self.best, best)
        self._point_weights |= isinstance(change, NewPointWeights)
        return now

    @property
    def weighs_points(self) -> bool:
        """Whether points have had weights in the loss."""
        return self._point_weights

    def plain(self, theta: Tensor, loss: float) -> float:
        """The loss of a state without weights of points, by that with them."""
        if not self._point_weights:
            return loss
        return float(sum(own.sum() for own in self.system.point_losses(theta).values()))

    def lift_point_weights(self, stop: Stop) -> Stop:
        """Take the weights of points away, under which the losses of runs do not compare.

        Args:
            stop: how the run ends.

        Returns:
            The same, with the loss that the best state has without them.
        """
        if not self._point_weights:
            return stop
        self.system.set_point_weights({})
        self.best_loss = float(self.system.loss(self.best))
        self.first_loss = float(self.system.loss(self._first))
        tail = LONGER if stop.reason.endswith(LONGER) else ""
        text = f"; without the weights of its points the loss is {self.best_loss:.2g}"
        return replace(stop, reason=stop.reason.removesuffix(LONGER) + text + tail)

    def mark(self, theta: Tensor) -> None:
        """Show a state of a training that reports nothing itself to who keeps the best one."""
        self._error(theta, force=False)

    def keep(self, theta: Tensor) -> None:
        """Make a state the best, whatever its loss."""
        if theta is not self.best:
            self.best, self.best_loss = theta, float(self.system.loss(theta))

    def report(self, theta: Tensor, loss: float, note: str = "", force: bool = False) -> None:
        """Add a line to the history and pass it on; errors are evaluated when they are due."""
        before = self.seconds
        laws = self._laws(theta)
        taken = self.seconds - before
        self._report_seconds += taken
        self._longest_report = max(taken, self._longest_report)  # those of a known state take none
        error = self._error(theta, force)
        progress = Progress(
            self.iterations, self.seconds, loss, laws, error, note,
            weights={law.label: law.weight for law in self.system.blocks},
            gradients=self._gradients(theta),
        )  # fmt: skip
        self.history.append(progress)
        if len(self.history) > _LONGEST_HISTORY:
            self.history = [p for i, p in enumerate(self.history) if i % 2 == 0 or p.note]
        if self.on_progress is not None:
            self.on_progress(progress)

    def _gradients(self, theta: Tensor) -> dict[str, float]:
        return self._balance.gradients(self.system, theta, self.seconds, self._longest_report)

    def _laws(self, theta: Tensor) -> dict[str, float]:
        """Residuals by law, which a state at the end of a run may have had in a report before."""
        if self._measured is None or self._measured[0] is not theta:
            found = {name: float(v) for name, v in self.system.losses_by_law(theta).items()}
            self._measured = theta, found
        return dict(self._measured[1])

    def end(self, stop: Stop, seed: int | None) -> Outcome:
        """Report the best state; the outcome.

        Args:
            stop: how the run ends.
            seed: of the run, where other points can be drawn for the loss of that state on them;
                they are not where that takes much of the budget.
        """
        seed = None if self._longest_report > _DEAR * self.budget else seed
        self.report(self.best, self.best_loss, stop.status, force=True)
        return Outcome(
            theta=self.best,
            loss=self.best_loss,
            laws=self.history[-1].laws,
            iterations=self.iterations,
            seconds=self.seconds,
            status=stop.status,
            reason=stop.reason,
            history=self.history,
            fresh_loss=None if seed is None else fresh_loss(self.system, self.best, seed),
        )

    def _error(self, theta: Tensor, force: bool) -> float | None:
        due = force or self._error_seconds <= _SHARE * self.seconds
        if self._errors is None or not due:
            return None
        before = self.seconds
        errors = [e for e in self._errors(theta).values() if not e.get("absolute")]
        found = [float(error["rel_l2"]) for error in errors]
        self._error_seconds += self.seconds - before
        return max((value for value in found if not math.isnan(value)), default=None)

    def _tick(self) -> None:
        now = time.perf_counter()
        # The longest of the recent iterations, so that one slow start does not count for ever.
        self._slowest = max(now - self._last, 0.8 * self._slowest)
        self._last = now

    def _not_finite(self, theta: Tensor) -> str:
        laws = self.system.losses_by_law(theta)
        names = [name for name, value in laws.items() if not math.isfinite(float(value))]
        where = f"the residual of {', '.join(names)}" if names else "a derivative of the residual"
        when = "at the first state" if self.iterations <= 1 else "during training"
        return (
            f"{where} is not a finite number {when}; a division by zero, or a root or logarithm "
            "of a negative number, at a training point is the likely cause: try another seed, a "
            "smaller bandwidth or step size, or rewrite the law"
        )


_GREW = (
    "the loss has grown a hundred-million-fold; the step size is too large for this problem: "
    "try a smaller rate, or the optimizer lm"
)
