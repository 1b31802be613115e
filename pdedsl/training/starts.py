"""Several short starts, of which the best is continued.

Successive halving (Jamieson and Talwalkar, AISTATS 2016): every start gets the same number of
iterations, the better half goes on with twice as many, until one is left. The candidates are
all pairs of a seed and a bandwidth of the first layer, which sets the frequencies that the
network can represent at once; a bandwidth that does not fit the solution costs orders of
accuracy, and the loss tells after a few steps.

A start whose loss falls steeply goes on before the next one is made: once a network has found the
solution, orders go in a few steps, and a loss at the level of rounding ends the race.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from torch import Tensor

from pdedsl.models import ModelOptions
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions
from pdedsl.optimizers.registry import build_optimizer
from pdedsl.settings.method import Starts

from .rules.rule import Stop
from .watch import Watch

# The loss falls steeply where so many iterations leave at most this part of it; then the start has
# up to so many times the iterations of the others.
_STRIDE, _STEEP, _LONGEST = 4, 0.25, 5
_SOLVED = 1e-20  # part of the first loss at which no other start is needed


@dataclass
class Candidate:
    """A start and how far it has come."""

    name: str
    optimizer: Optimizer
    done: bool = False
    losses: list[float] = field(default_factory=list)

    @property
    def steep(self) -> bool:
        """Whether the loss falls steeply."""
        return len(self.losses) > _STRIDE and self.losses[-1] <= _STEEP * self.losses[-1 - _STRIDE]


def best_start(
    watch: Watch,
    options: OptimizerOptions,
    starts: Starts,
    model: ModelOptions,
    seed: int,
    prepared: Callable[[Tensor], Tensor] = lambda theta: theta,
) -> tuple[Optimizer | None, Stop | None]:
    """Race the starts; the optimizer of the winner, and a stop if the race was cut short.

    Args:
        watch: of the run; counts the iterations and keeps the best state.
        options: those of the optimizer.
        starts: seeds, bandwidths, iterations.
        model: its options other than the bandwidth are kept.
        seed: of the first start; the others count up.
        prepared: what becomes of fresh parameters.

    Returns:
        The optimizer is None when not even one start was made.
    """
    alive: list[Candidate] = []
    iterations = starts.iterations
    for name, bandwidth, number in _pairs(starts, seed):
        other = None if bandwidth is None else model.model_copy(update={"bandwidth": bandwidth})
        theta = prepared(watch.system.initial(number, other))
        candidate = Candidate(name, build_optimizer(watch.system, options, theta))
        alive.append(candidate)
        stop = _advance(candidate, iterations, watch, starts.share)
        stop = stop or _pursue(candidate, _LONGEST * iterations, watch, starts.share)
        if stop is not None:
            return _winner(alive, watch, stop)
        if _is_solved(candidate, watch):
            break
    while len(alive) > 1:
        alive = sorted(alive, key=_rank)[: math.ceil(len(alive) / 2)]
        iterations *= 2
        if len(alive) == 1 or _is_solved(alive[0], watch):
            break
        for candidate in alive:
            if stop := _advance(candidate, iterations, watch, starts.share):
                return _winner(alive, watch, stop)
    return _winner(alive, watch, None)


def _pairs(starts: Starts, seed: int) -> list[tuple[str, float | None, int]]:
    pairs = product(range(seed, seed + starts.seeds), starts.bandwidths or (None,))
    return [
        (f"seed {number}" + ("" if width is None else f", bandwidth {width:g}"), width, number)
        for number, width in pairs
    ]


def _advance(candidate: Candidate, iterations: int, watch: Watch, share: float) -> Stop | None:
    """Iterate; a stop is passed on except a divergence, which ends this start alone."""
    made = 0
    while made < iterations and not candidate.done:
        step = candidate.optimizer.steps(iterations - made)
        made += step.iterations
        candidate.losses += [step.loss] * step.iterations
        stop = watch.observe(step) or watch.spent(share)
        candidate.done = step.ended is Ended.STALLED or step.loss <= watch.floor
        if stop is not None and stop.status == "diverged":
            candidate.done = True
        elif stop is not None:
            return stop
    return None


def _pursue(candidate: Candidate, most: int, watch: Watch, share: float) -> Stop | None:
    """Iterate while the loss falls steeply, up to so many iterations of the start in all."""
    while candidate.steep and not candidate.done and len(candidate.losses) < most:
        if stop := _advance(candidate, _STRIDE, watch, share):
            return stop
    return None


def _is_solved(candidate: Candidate, watch: Watch) -> bool:
    return _rank(candidate) <= max(watch.floor, _SOLVED * watch.first_loss)


def _rank(candidate: Candidate) -> float:
    loss = candidate.optimizer.loss
    return loss if math.isfinite(loss) else math.inf


def _winner(
    alive: list[Candidate], watch: Watch, stop: Stop | None
) -> tuple[Optimizer | None, Stop | None]:
    best = min(alive, key=_rank, default=None)
    if best is None:
        return None, stop
    watch.report(best.optimizer.theta, best.optimizer.loss, f"continue with {best.name}")
    # The share of the budget for the starts is spent, which does not end the run.
    whole = watch.spent()
    return best.optimizer, whole if stop is not None else None
