"""The training loop: starts, stages, rules, and the ways to end.

For one seed the iterates are the same numbers on one machine; a run that ends by its budget may
end at another iteration, and starts that are cut short by it may have another winner. A training
that goes on from a state that was kept makes the iterates that it would have made without the
break. The short starts are run anew where it was broken off among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from pdedsl.models.bases import BasisOptions
from pdedsl.models.runtime.deadline import DeadlineError, ending_within
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.optimizers.registry import build_optimizer
from pdedsl.optimizers.state import State
from pdedsl.settings.method import Method

from .keeping import Keeper
from .last_layer import with_last_layer
from .outcome import Outcome
from .rules.held_out import HeldOut
from .rules.registry import BUILDERS
from .rules.resampling import Resampling
from .rules.rule import NewPoints, Rule, Status, Stop
from .starts import best_start
from .watch import Errors, Follower, Listener, Watch
from .windows.train_windows import train_windows

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem

_PROGRESS = 0.99  # a loss must fall below this part of the old one to count as progress; a choice
_FINAL: tuple[Status, ...] = ("budget", "interrupted", "diverged")
_OPEN: tuple[Status, ...] = ("budget", "interrupted", "iterations")  # after which one may go on


def train(
    system: ResidualSystem,
    method: Method,
    *,
    budget: float | None = None,
    on_progress: Listener | None = None,
    errors: Errors | None = None,
    should_stop: Callable[[], bool] | None = None,
    seed: int = 0,
    on_step: Follower | None = None,
    start: Tensor | None = None,
    keeper: Keeper | None = None,
    resumed: State | None = None,
) -> Outcome:
    """Lower ``‖r(θ)‖²`` by the stages of a method, from ``system.theta0`` or the best start.

    Args:
        system: the residual; its points are replaced where the method resamples.
        method: stages, starts and resampling; the rest is already in the system.
        budget: seconds, or None.
        on_progress: called with every report; reports take about 5 % of the time at most.
        errors: errors of a state; called so seldom that it takes about 5 % of the time.
        should_stop: asked in every iteration.
        seed: for fresh points and for further starts.
        on_step: called with the iterations made so far, every step of finite loss, those of all
            starts among them, and the system whose step it is: that of a window where there are.
        start: parameters to begin with where they are better than ``system.theta0``, shape (P,).
        keeper: given the state of the training now and then, and at its end.
        resumed: such a state, of the same system, method and seed, from which to go on; the budget
            counts from now on.

    Returns:
        The best state that was seen, which is never worse than the first: by the loss on the
        training points under their last weights, or on held-out ones where ``schedule.fresh`` is
        set. Its loss is that without weights of points, by which runs compare.
    """
    watch = Watch(system, budget, on_progress, errors, should_stop, on_step)
    if isinstance(method.model, WindowsOptions):
        return train_windows(system, watch, method, train, seed, start, keeper, resumed)
    fitted = method.schedule.last_layer is not None
    prepared = partial(with_last_layer, system) if fitted else _as_it_is
    training = _Training(watch, method, seed, start, prepared, keeper)
    if resumed is not None:
        training.restore(resumed)
    return training.outcome()


def _as_it_is(theta: Tensor) -> Tensor:
    return theta


class _Training:
    """One run of the loop; see `train`."""

    def __init__(
        self,
        watch: Watch,
        method: Method,
        seed: int,
        start: Tensor | None,
        prepared: Callable[[Tensor], Tensor],
        keeper: Keeper | None = None,
    ) -> None:
        self._prepared, self._keeper = prepared, keeper
        self._watch, self._method, self._seed = watch, method, seed
        self._given = None if start is None else start.to(watch.system.theta0)
        schedule, sampling = method.schedule, method.sampling
        self._held_out = HeldOut(watch.system, schedule.fresh, seed) if schedule.fresh else None
        self._rules: list[Rule] = [self._held_out] if self._held_out else []
        system = watch.system
        if sampling.resample:  # before the rules, which may weigh the fresh points
            self._rules.append(Resampling(sampling.resample, sampling.adaptive, seed))
        self._rules += [BUILDERS[type(options)](options, system) for options in schedule.rules]
        self._number, self._began = 0, 0.0
        self._optimizer: Optimizer | None = None
        self._descent: Descent | None = None
        self._open: Step | None = None  # a step that is made, of which the rules do not know yet
        self._stop: Stop | None = None

    def state(self) -> State:
        """All that the next iterations depend on, and what is known of those before."""
        assert self._optimizer is not None and self._descent is not None
        return {
            "watch": self._watch.state(),
            "system": self._system.state(),
            "rules": [rule.state() for rule in self._rules],
            "stage": (self._number, self._began),
            "optimizer": self._optimizer.state(),
            "descent": self._descent.state(),
            "open": self._open,
            "stop": self._stop,
        }

    def restore(self, state: State) -> None:
        """Take over a state of a training that was made alike."""
        self._system.restore(state["system"])
        self._watch.restore(state["watch"])
        for rule, own in zip(self._rules, state["rules"], strict=True):
            rule.restore(own)
        self._number, self._began = state["stage"]
        options = self._method.stages[self._number]
        self._optimizer = build_optimizer(self._system, options, state["optimizer"]["theta"])
        self._optimizer.restore(state["optimizer"])
        self._descent = Descent(self._optimizer, self._limits(options))
        self._descent.restore(state["descent"])
        self._system.recall(state["system"]["latest"])  # building has evaluated another state
        self._open, stop = state["open"], state["stop"]
        self._stop = None if stop is None or stop.status in _OPEN else stop

    @property
    def _system(self) -> ResidualSystem:
        return cast("ResidualSystem", self._watch.system)

    def outcome(self) -> Outcome:
        """Train; the best state and how it ended."""
        watch = self._watch
        stop = self._stop
        if self._optimizer is None:
            stop = self._first_state() or self._follow_rules(Step(watch.best, watch.best_loss), 0)
        stop = watch.lift_point_weights(stop or self._stages_in_time())
        if self._held_out is not None:
            self._held_out.take(watch.best, watch.best_loss)
            watch.keep(self._held_out.best)
        return watch.end(stop, self._seed if self._method.sampling.drawn else None)

    def _first_state(self) -> Stop | None:
        watch, start = self._watch, self._prepared(self._watch.system.theta0)
        if stop := watch.observe(Step(start, float(watch.system.loss(start)))):
            return stop
        if self._given is not None:
            loss = float(watch.system.loss(self._given))
            if loss < watch.best_loss:
                return watch.observe(Step(self._given, loss))
        return None

    def _stages_in_time(self) -> Stop:
        """The stages; broken off in a step that takes more than what is left of the budget.

        No step is begun that would take as long as those before, but of the first nobody knows.
        """
        watch = self._watch
        try:
            with ending_within(watch.left):
                self._stop = self._stages()
                self._keep()
                return self._stop
        except DeadlineError:
            if self._rules:  # they may have changed points and weights
                watch.best_loss = float(watch.system.loss(watch.best))
            return watch.at_budget()

    def _stages(self) -> Stop:
        stages, stop = self._method.stages, None
        if self._optimizer is None:
            self._optimizer, stop = self._starts()
            if stop is not None:
                self._optimizer = None  # what has no descent is begun anew
                return stop
        for number in range(self._number, len(stages)):
            if self._descent is None:
                self._begin(number)
            stop = self._stage(stages[number], number == len(stages) - 1)
            if stop.final or stop.status in _FINAL:
                return stop
            if number < len(stages) - 1:
                self._optimizer = self._descent = self._open = None
        assert stop is not None
        return stop

    def _begin(self, number: int) -> None:
        """Begin a stage, with the optimizer that is there or at the best state."""
        watch, stages = self._watch, self._method.stages
        options = stages[number]
        optimizer = self._optimizer or build_optimizer(watch.system, options, watch.best)
        for rule in self._rules:
            rule.begin(number)
        if len(stages) > 1:
            watch.report(optimizer.theta, optimizer.loss, f"stage {options.kind}")
        self._number, self._began, self._optimizer = number, watch.seconds, optimizer
        self._descent = Descent(optimizer, self._limits(options), watch.best_loss)

    def _starts(self) -> tuple[Optimizer | None, Stop | None]:
        starts, options = self._method.schedule.starts, self._method.stages[0]
        if starts is None:
            return None, None
        method = self._method
        return best_start(self._watch, options, starts, method.model, self._seed, self._prepared)

    def _stage(self, options: OptimizerOptions, last: bool) -> Stop:
        watch, descent, optimizer = self._watch, self._descent, self._optimizer
        assert descent is not None and optimizer is not None
        while self._open or descent.iterations < options.iterations:
            if self._open is None:
                pauses = (rule.pause(descent.iterations) for rule in self._rules)
                self._open = descent.advance(min(pauses, default=options.iterations))
                if stop := watch.observe(self._open):
                    return stop
            step, final = self._open, all(rule.done for rule in self._rules)
            stop = self._end(descent, options) if final else None
            if stop := stop or self._follow_rules(step, descent.iterations, optimizer, descent):
                return stop
            self._open = None
            if not last and self._move_on(step, options, self._began):
                return Stop("iterations", "the stage is done")
            if self._keeper is not None and self._keeper.due(watch.iterations):
                self._keep()
        text = f"all {options.iterations} iterations are made, at a loss of {watch.best_loss:.2g}"
        return Stop("iterations", f"{text}; more iterations may lower it")

    def _keep(self) -> None:
        """Have the state kept, where the next step depends on nothing else."""
        optimizer, descent = self._optimizer, self._descent
        if self._keeper is None or optimizer is None or descent is None:
            return
        if optimizer.between_steps:
            self._keeper.keep(self.state(), self._watch.iterations)

    def _limits(self, options: OptimizerOptions) -> Limits:
        watch = self._watch
        # Weights of points may make any loss small: see `_end`.
        tolerance = 0.0 if watch.weighs_points else options.tolerance
        return Limits(options.iterations, tolerance, watch.floor, _PROGRESS, options.patience)

    def _end(self, descent: Descent, options: OptimizerOptions) -> Stop | None:
        """The end of a descent, which is none of the problem where a rule has a reservation."""
        watch, tolerance = self._watch, options.tolerance
        weighed = tolerance > 0.0 and watch.weighs_points
        if weighed and watch.plain(watch.best, watch.best_loss) <= tolerance:
            return _below(tolerance)
        stop = _stop(descent, options, _mend(self._method))
        reservations = (words for rule in self._rules if (words := rule.reservation()))
        if stop and stop.status == "converged" and (words := next(reservations, "")):
            return Stop("stagnated", f"{stop.reason}, but {words}")
        return stop

    def _move_on(self, step: Step, options: OptimizerOptions, began: float) -> bool:
        if options.until is not None and self._watch.plain(step.theta, step.loss) <= options.until:
            return True
        share = options.share
        return share is not None and self._watch.seconds - began > share * self._watch.budget

    def _follow_rules(
        self,
        step: Step,
        iteration: int,
        optimizer: Optimizer | None = None,
        descent: Descent | None = None,
    ) -> Stop | None:
        """Ask every rule, and tell all who compare losses of a change."""
        for rule in self._rules:
            found = rule.after(step, iteration, self._watch.iterations)
            if isinstance(found, Stop) and all(r.done for r in self._rules if r is not rule):
                return found
            if found is None or isinstance(found, Stop):
                continue
            before, step = step.loss, replace(step, loss=self._watch.apply(found, step.theta))
            if optimizer is not None and descent is not None:
                optimizer.renew(step.loss)
                rounding = None if found.alike else self._watch.floor
                same_points = before > 0 and not isinstance(found, NewPoints)
                ratio = step.loss / before if same_points else None
                descent.renew(self._watch.best_loss, rounding, ratio)
            for other in self._rules:
                other.renew(found)
            if found.note:
                note = found.note.format(loss=step.loss)
                self._watch.report(step.theta, step.loss, note)
        return None


def _stop(descent: Descent, options: OptimizerOptions, mend: str) -> Stop | None:
    """The end of a descent other than by its number of iterations, in words with what to try."""
    loss = f"{descent.best.loss:.2g}"
    match descent.ended:
        case Ended.TOLERANCE:
            return _below(options.tolerance)
        case Ended.ROUNDING:
            return Stop("converged", "the loss is at the level of rounding")
        case Ended.MINIMUM:
            return Stop("converged", f"the loss is at a minimum, {loss}: no step lowers it")
        case Ended.STALLED:
            return Stop("stagnated", f"no step lowers the loss of {loss}; {mend}")
        case Ended.NO_PROGRESS:
            text = f"{descent.idle} iterations have not lowered the loss of {loss} by 1 %"
            return Stop("stagnated", f"{text}; {mend}")
    return None


def _below(tolerance: float) -> Stop:
    return Stop("converged", f"the loss is below the tolerance {tolerance:.2g}")


def _mend(method: Method) -> str:
    """What may help: no seed, and no more steps, where the fields are sums of given functions."""
    if isinstance(method.model, BasisOptions):
        return "try more functions or more points"
    return "try another seed, a wider network or more points"
