"""Training window by window of time, each from the end of the one before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor

from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.protocol import Step
from pdedsl.optimizers.state import State
from pdedsl.training.keeping import Keeper, Within
from pdedsl.training.outcome import Outcome, Progress
from pdedsl.training.rules.rule import Status, Stop
from pdedsl.training.watch import Follower, Listener, Watch

from .first_parameters import extrapolate, hold_initial_values
from .window_system import TimeWindow, WindowState, windows_of

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.settings.method import Method

Train = Callable[..., Outcome]
_BROKEN_OFF: tuple[Status, ...] = ("interrupted", "diverged")


def train_windows(
    system: ResidualSystem,
    watch: Watch,
    method: Method,
    train: Train,
    seed: int,
    start: Tensor | None,
    keeper: Keeper | None = None,
    resumed: State | None = None,
) -> Outcome:
    """Train every window by the stages of the method, in the order of time.

    A window begins with the better of its own first parameters and those that continue the window
    before. What is left of the budget is shared evenly by the windows that are left.

    Args:
        system: of the whole; its points serve for what is reported.
        watch: of the whole; it is told of the reports and steps of all windows.
        method: its model is one of windows.
        train: trains one system.
        seed: as for `train`.
        start: parameters of windows that are solved, shape (P,), which are kept as they are; None
            where there are none.
        keeper: as for `train`.
        resumed: as for `train`.

    Returns:
        The parameters of the whole, with the residuals of the whole.
    """
    windows = windows_of(system)
    if resumed is None:
        watch.report(system.theta0, float(system.loss(system.theta0)))
    if start is not None:
        return _end_of_march(watch, start.to(system.theta0), len(windows))
    theta, ends, inner, first = system.theta0.clone(), list[Stop](), None, 0
    before: WindowState | None = None
    if resumed is not None:
        watch.restore(resumed["watch"])
        theta, ends, inner = resumed["theta"], resumed["ends"], resumed["inner"]
        first = len(ends)
        before = _window_before(windows, theta, first, seed)
    for number, window in list(enumerate(windows))[first:]:
        kept = _within(keeper, watch, theta, ends)
        if kept is not None and inner is None:
            kept.keep(None, 0)
        own = window.system(before, seed)
        own.theta0 = _better_start(own, window.extract(theta), before)
        left = (watch.budget - watch.seconds) / (len(windows) - number)
        outcome = train(
            own, _of_window(method, number), budget=left, should_stop=watch.should_stop, seed=seed,
            on_progress=_listener(watch, number, len(windows)), on_step=_follower(watch),
            keeper=kept, resumed=inner,
        )  # fmt: skip
        inner = None
        watch.iterations += outcome.iterations
        note, now = _window(number, len(windows)), (watch.iterations, watch.seconds)
        last = outcome.history[-1]
        watch.history.append(replace(last, iteration=now[0], seconds=now[1], note=note))
        theta = window.insert(theta, outcome.theta)
        watch.mark(theta)
        before = WindowState(own, outcome.theta)
        ends.append(Stop(outcome.status, outcome.reason))
        if outcome.status in _BROKEN_OFF:
            break
    watch.best, watch.best_loss = theta, float(system.loss(theta))
    return watch.end(_stop(ends, len(windows)), seed if method.sampling.drawn else None)


def _within(keeper: Keeper | None, watch: Watch, theta: Tensor, ends: list[Stop]) -> Within | None:
    """The keeper of a window, which keeps those that are done as well."""
    if keeper is None:
        return None
    done = {"theta": theta, "ends": list(ends)}

    def around(inner: State | None) -> State:
        return {**done, "watch": watch.state(), "inner": inner}

    return Within(keeper, around, watch.iterations)


def _window_before(
    windows: Sequence[TimeWindow], theta: Tensor, number: int, seed: int
) -> WindowState | None:
    """The window before that of a number, from the parameters of the whole; None at the first."""
    if not number:
        return None
    window = windows[number - 1]
    # Of its system the models alone count, and where it lies in time.
    return WindowState(window.system(None, seed), window.extract(theta))


def _end_of_march(watch: Watch, theta: Tensor, windows: int) -> Outcome:
    """The parameters of windows that a march has solved one by one.

    More steps change nothing that counts: errors of burgers, allen_cahn and lotka_volterra stay as
    they are to four digits.
    """
    loss = float(watch.system.loss(theta))
    stop = watch.observe(Step(theta, loss))
    watch.best, watch.best_loss = theta, loss
    if stop is None or stop.status not in _BROKEN_OFF:
        stop = Stop("converged", f"all {windows} windows are solved to the tolerance of the march")
    return watch.end(stop, None)


def _window(number: int, total: int) -> str:
    return f"window {number + 1} of {total}"


def _better_start(system: ResidualSystem, own: Tensor, before: WindowState | None) -> Tensor:
    """The given parameters, or those from the window before where their loss is less."""
    other = hold_initial_values(system) if before is None else extrapolate(before, system)
    if other is None:
        return own
    losses = [float(system.loss(state)) for state in (own, other)]
    return own if losses[0] < losses[1] or not math.isfinite(losses[1]) else other


def _of_window(method: Method, number: int) -> Method:
    """The method with the model of one window; short starts for the first one alone."""
    model = method.model
    assert isinstance(model, WindowsOptions)
    own = method.model_copy(update={"model": model.piece(number)})
    return own.without_starts() if number else own


def _listener(watch: Watch, number: int, total: int) -> Listener | None:
    """Passes on the reports of a window, counted from the begin of the run."""
    if (listener := watch.on_progress) is None:
        return None
    iterations, seconds = watch.iterations, watch.seconds

    def listen(progress: Progress) -> None:
        note = _window(number, total) + (f": {progress.note}" if progress.note else "")
        listener(
            replace(
                progress,
                iteration=iterations + progress.iteration,
                seconds=seconds + progress.seconds,
                note=note if progress.note or not progress.iteration else "",
            )
        )

    return listen


def _follower(watch: Watch) -> Follower | None:
    follower, iterations = watch.on_step, watch.iterations
    if follower is None:
        return None
    return lambda number, step, own: follower(iterations + number, step, own)


def _stop(ends: list[Stop], total: int) -> Stop:
    """How the training of the windows ended: by the first that is not solved, or was broken off."""
    unsolved = [k for k, end in enumerate(ends) if end.status != "converged"]
    if not unsolved and len(ends) == total:
        return Stop("converged", f"all {total} windows are at a minimum of their losses")
    last = len(ends) - 1
    k = last if not unsolved or ends[last].status in _BROKEN_OFF else unsolved[0]
    return Stop(ends[k].status, f"{_window(k, total)}: {ends[k].reason}")
