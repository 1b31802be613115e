"""The training loop: starts, stages, resampling, and the ways to end.

For one seed the iterates are the same numbers on one machine; a run that ends by its budget may
end at another iteration, and starts that are cut short by it may have another winner.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step, advance
from pdedsl.optimizers.registry import build_optimizer
from pdedsl.settings.method import Method
from pdedsl.settings.models import WindowsModel

from .fresh_points import HeldOut, fresh_loss
from .outcome import Outcome, Status
from .starts import best_start
from .watch import Errors, Follower, Listener, Stop, Watch
from .windows.train_windows import train_windows
from .windows.window_system import windows_of

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem

_IMPROVEMENT = 0.99  # a loss must fall below this part of the old one to count as progress
_HALVING = 5  # iterations without a halving of a loss at rounding level end the run
_LONG = 10  # iterations between two draws of points from which the two losses are reported
_FINAL: tuple[Status, ...] = ("budget", "interrupted", "diverged")


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
        on_step: called with the iterations made so far and every step of finite loss, those of
            all starts among them.
        start: parameters to begin with where they are better than ``system.theta0``, shape (P,).

    Returns:
        The best state that was seen, which is never worse than the first: by the loss on the
        training points, or on held-out ones where ``schedule.fresh`` is set.
    """
    if isinstance(method.model, WindowsModel):
        return train_windows(
            system, windows_of(system), method, train, budget=budget, on_progress=on_progress,
            errors=errors, should_stop=should_stop, seed=seed, on_step=on_step, start=start,
        )  # fmt: skip
    watch = Watch(system, budget, on_progress, errors, should_stop, on_step)
    return _Run(watch, method, seed, start).outcome()


class _Run:
    def __init__(self, watch: Watch, method: Method, seed: int, start: Tensor | None) -> None:
        self._watch, self._method, self._seed = watch, method, seed
        self._given = None if start is None else start.to(watch.system.theta0)
        fresh = method.schedule.fresh
        self._held_out = HeldOut(watch.system, fresh, seed) if fresh else None

    def outcome(self) -> Outcome:
        stop = self._stages()
        watch, sampling = self._watch, self._method.sampling
        if self._held_out is not None:
            self._held_out.take(watch.best, watch.best_loss)
            watch.keep(self._held_out.best)
        watch.report(watch.best, watch.best_loss, stop.status, force=True)
        laws = watch.history[-1].laws
        return Outcome(
            theta=watch.best,
            loss=watch.best_loss,
            laws=laws,
            iterations=watch.iterations,
            seconds=watch.seconds,
            status=stop.status,
            reason=stop.reason,
            history=watch.history,
            fresh_loss=fresh_loss(watch.system, sampling, watch.best, self._seed),
        )

    def _stages(self) -> Stop:
        watch, stages = self._watch, self._method.stages
        start = watch.system.theta0
        if stop := watch.observe(Step(start, float(watch.system.loss(start)))):
            return stop
        if self._given is not None:
            loss = float(watch.system.loss(self._given))
            if loss < watch.best_loss and (stop := watch.observe(Step(self._given, loss))):
                return stop
        if self._held_out is not None:
            self._held_out.take(watch.best, watch.best_loss)
        optimizer, stop = self._starts()
        if stop is not None:
            return stop
        for number, options in enumerate(stages):
            if optimizer is None:
                optimizer = build_optimizer(watch.system, options, watch.best)
            last = number == len(stages) - 1
            stop = self._stage(optimizer, options, last)
            if stop.final or stop.status in _FINAL:
                return stop
            optimizer = None
        assert stop is not None
        return stop

    def _starts(self) -> tuple[Optimizer | None, Stop | None]:
        starts, options = self._method.schedule.starts, self._method.stages[0]
        if starts is None:
            return None, None
        model = self._method.model
        return best_start(self._watch, options, starts, model, self._seed)

    def _stage(self, optimizer: Optimizer, options: OptimizerOptions, last: bool) -> Stop:
        watch, began = self._watch, self._watch.seconds
        rule = _Progressing(options)
        if not last or len(self._method.stages) > 1:
            watch.report(optimizer.theta, optimizer.loss, f"stage {options.kind}")
        done = 0
        while done < options.iterations:
            step = advance(optimizer, self._room(done, options))
            done += step.iterations
            stop = watch.observe(step) or rule.judge(step, watch)
            if stop is None and self._held_out is not None:
                stop = self._held_out.look(step, done)
            if stop is not None:
                return stop
            if not last and self._move_on(step, options, began):
                return Stop("iterations", "the stage is done")
            self._resample(optimizer, done, step, rule)
        text = f"all {options.iterations} iterations are made, at a loss of {watch.best_loss:.2g}"
        return Stop("iterations", f"{text}; more iterations may lower it")

    def _room(self, done: int, options: OptimizerOptions) -> int:
        """Iterations until the end of the stage, the next draw of points or the next look."""
        fresh = self._method.schedule.fresh
        pauses = (self._method.sampling.resample, fresh.every if fresh else 0)
        rest = [every - done % every for every in pauses if every]
        return min([options.iterations - done, *rest])

    def _move_on(self, step: Step, options: OptimizerOptions, began: float) -> bool:
        if options.until is not None and step.loss <= options.until:
            return True
        share = options.share
        return share is not None and self._watch.seconds - began > share * self._watch.budget

    def _resample(
        self, optimizer: Optimizer, iteration: int, step: Step, rule: _Progressing
    ) -> None:
        every = self._method.sampling.resample
        if not every or iteration % every:
            return
        watch = self._watch
        how = self._method.sampling.adaptive
        fresh = watch.resample(self._seed + watch.iterations, step.theta, how)
        optimizer.renew(fresh)
        rule.renew(watch.best_loss)
        if every >= _LONG:
            note = f"loss on fresh points {fresh:.2e}, on the points before {step.loss:.2e}"
            watch.report(step.theta, fresh, note)


class _Progressing:
    """Ends a stage that is done, or that no longer lowers the loss."""

    def __init__(self, options: OptimizerOptions) -> None:
        self._options = options
        self._mark, self._since = math.inf, 0
        self._recent: deque[float] = deque(maxlen=_HALVING)

    def renew(self, loss: float) -> None:
        """Losses on other points: a small rise is not the end of progress."""
        self._mark = max(self._mark, loss) if self._since == 0 else self._mark

    def judge(self, step: Step, watch: Watch) -> Stop | None:
        """A stop, or None while the loss still falls."""
        loss = watch.best_loss
        if loss <= self._options.tolerance:
            return Stop(
                "converged", f"the loss is below the tolerance {self._options.tolerance:.2g}"
            )
        if loss <= watch.floor and self._flat(loss):
            return Stop("converged", "the loss is at the level of rounding")
        if step.ended is Ended.MINIMUM:
            return Stop("converged", f"the loss is at a minimum, {loss:.2g}: no step lowers it")
        if step.ended is Ended.STALLED:
            return Stop("stagnated", _stagnated(f"no step lowers the loss of {loss:.2g}"))
        self._since += step.iterations
        if loss < _IMPROVEMENT * self._mark:
            self._mark, self._since = loss, 0
        if self._since >= self._options.patience:
            text = f"{self._since} iterations have not lowered the loss of {loss:.2g} by 1 %"
            return Stop("stagnated", _stagnated(text))
        return None

    def _flat(self, loss: float) -> bool:
        full = len(self._recent) == _HALVING
        flat = full and loss > 0.5 * self._recent[0]
        self._recent.append(loss)
        return flat


def _stagnated(what: str) -> str:
    return f"{what}; try another seed or bandwidth, a wider network or more points"
