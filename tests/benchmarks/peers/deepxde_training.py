"""DeepXDE's usual recipe by the clock: Adam for half of the time, L-BFGS for the other half."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from .deepxde_peer import library
from .deepxde_problems import PROBLEMS
from .deepxde_setup import Peer

Values = Mapping[str, np.ndarray]
Measure = Callable[[Sequence[Values]], dict[str, float | None]]

_LOOKS = 40  # errors are looked at so many times in a budget
_PIECES = 12  # L-BFGS is called for such a part of the budget at most
_LONGEST_SEARCH = 25  # evaluations in a line search of torch
_DEARER = 1.5  # an iteration of L-BFGS beside one of Adam
_FOREVER = 10**9


@dataclass(frozen=True)
class Run:
    """How a training went; seconds are without those for errors.

    Args:
        status: ``budget``, ``converged`` (no step lowers the loss) or ``diverged``.
        reason: in words.
        why: the network, the points and the iterations.
        errors: by field and component.
        seconds: for points, network and training.
        curve: pairs of seconds and the largest error.
    """

    status: str
    reason: str
    why: str
    errors: dict[str, float | None]
    seconds: float
    curve: list[tuple[float, float]]


class Clock:
    """Seconds since it was made, without pauses."""

    def __init__(self) -> None:
        self._start, self._paused = time.perf_counter(), 0.0

    @property
    def seconds(self) -> float:
        """Time so far."""
        return time.perf_counter() - self._start - self._paused

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """What is done inside takes no time."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._paused += time.perf_counter() - began


@dataclass
class _Follower:
    """Keeps the time and the curve.

    Args:
        clock: of the run.
        errors: of the network as it is.
        every: seconds between two looks at them.
    """

    clock: Clock
    errors: Callable[[], dict[str, float | None]]
    every: float
    curve: list[tuple[float, float]] = field(default_factory=list)
    looked: float = 0.0

    def look(self, force: bool = False) -> None:
        """Take a point of the curve, if one is due."""
        now = self.clock.seconds
        if not force and now - self.looked < self.every:
            return
        self.looked = now
        with self.clock.pause():
            worst = largest(self.errors())
        if worst is not None:
            self.curve.append((now, worst))


def largest(errors: Mapping[str, float | None]) -> float | None:
    """The largest error, or None where one is not a number."""
    found = [value for value in errors.values() if value is not None]
    return max(found) if found and len(found) == len(errors) else None


def train(
    name: str, points: Sequence[np.ndarray], measure: Measure, budget: float, seed: int
) -> Run:
    """Train a problem for a time.

    Args:
        name: of the spec.
        points: arrays of shape (n, inputs) at which the solution is known.
        measure: values of the components at these points to errors.
        budget: seconds, in which the set-up is counted and looks at the errors are not.
        seed: of points and network.

    Raises:
        UnavailableError: DeepXDE is not installed.
    """
    dde = library()
    if not torch.cuda.is_available():
        # As it is on import: a default that is set by hand costs time in every call of torch.
        torch.set_default_device(None)
    dde.config.set_default_float("float64")
    dde.config.set_random_seed(seed)
    clock = Clock()
    peer = PROBLEMS[name](dde)
    net = network(dde, peer)
    model = dde.Model(peer.data, net)
    follower = _Follower(clock, lambda: measure(values(net, peer, points)), budget / _LOOKS)
    follower.look(force=True)
    began = clock.seconds
    iterations = _adam(dde, model, peer, follower, budget / 2)
    pace = _DEARER * (clock.seconds - began) / iterations
    steps, status = _lbfgs(dde, model, peer, follower, budget, pace)
    seconds = clock.seconds
    follower.look(force=True)
    why = (
        f"{len(peer.hidden)} x {peer.hidden[0]} {peer.activation}, {len(peer.data.train_x_all):,} "
        f"points; Adam {iterations:,} iterations, L-BFGS {steps:,}"
    )
    errors = measure(values(net, peer, points))
    return Run(status, _REASONS[status], why, errors, seconds, follower.curve)


_REASONS = {
    "budget": "the time is spent",
    "converged": "no step of L-BFGS lowers the loss",
    "diverged": "the loss is not a number",
}


def network(dde: Any, peer: Peer) -> Any:
    """The network of a problem."""
    sizes = [peer.inputs, *peer.hidden, len(peer.outputs)]
    net = dde.nn.FNN(sizes, peer.activation, "Glorot normal")
    if peer.transform is not None:
        net.apply_output_transform(peer.transform)
    return net


def values(net: Any, peer: Peer, points: Sequence[np.ndarray]) -> list[Values]:
    """The network's components at points."""
    found: list[Values] = []
    with torch.no_grad():
        for array in points:
            out = net(torch.as_tensor(array)).numpy()
            found.append({name: out[:, i] for i, name in enumerate(peer.outputs)})
    return found


def _adam(dde: Any, model: Any, peer: Peer, follower: _Follower, until: float) -> int:
    """Adam until a time; the number of iterations."""

    class Stop(dde.callbacks.Callback):  # type: ignore[misc,name-defined]
        def on_epoch_end(self) -> None:
            follower.look()
            self.model.stop_training |= follower.clock.seconds >= until

    model.compile("adam", lr=1e-3, loss_weights=peer.weights)
    model.train(iterations=_FOREVER, callbacks=[Stop()], verbose=0)
    return int(model.train_state.step)


def _lbfgs(
    dde: Any, model: Any, peer: Peer, follower: _Follower, until: float, pace: float
) -> tuple[int, str]:
    """L-BFGS until a time, started anew where it ends early; its steps and how it ended."""
    # No tolerance, so that none of the time is left unused.
    dde.optimizers.config.set_LBFGS_options(maxiter=_FOREVER, gtol=0, ftol=0)
    before = model.train_state.step
    pieces = _pieces(dde, follower, until, pace)
    while not pieces.spent:
        made = model.train_state.step
        model.compile("L-BFGS", loss_weights=peer.weights)
        model.train(callbacks=[pieces], verbose=0)
        if not math.isfinite(float(np.sum(model.train_state.loss_train))):
            return int(model.train_state.step - before), "diverged"
        if model.train_state.step == made and not pieces.spent:
            return int(made - before), "converged"
    return int(model.train_state.step - before), "budget"


def _pieces(dde: Any, follower: _Follower, until: float, first_pace: float) -> Any:
    """A callback that calls L-BFGS for so many iterations at a time as the clock allows.

    The optimizer of torch keeps its memory from one call to the next; a call costs some
    evaluations of the loss, so that it should not be short either.
    """
    clock = follower.clock

    class Pieces(dde.callbacks.Callback):  # type: ignore[misc,name-defined]
        pace = first_pace  # seconds an iteration
        began, first = 0.0, 0
        spent = clock.seconds >= until

        def on_batch_begin(self) -> None:
            self.began, self.first = clock.seconds, self.model.train_state.step
            room = min(until - self.began, until / _PIECES)
            # A call with one iteration is what DeepXDE takes for the end, so that it must not be
            # one long line search that makes it so.
            count = min(max(int(room / self.pace), 2), 1000)
            (group,) = self.model.opt.param_groups
            group["max_iter"] = count
            group["max_eval"] = max(math.ceil(1.25 * count), _LONGEST_SEARCH + 2)

        def on_epoch_end(self) -> None:
            made = self.model.train_state.step - self.first
            if made:
                self.pace = (clock.seconds - self.began) / made
            follower.look()
            self.spent = clock.seconds + 2 * self.pace > until
            self.model.stop_training |= self.spent or not made

    return Pieces()
