"""Windows of products of polynomials, by marches with more and more nodes and windows.

What limits a march is read off its coefficients: where the last ones of an axis are not small it
has more nodes, and a window whose last ones in time are not small is halved.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance, SpentError
from pdedsl.choice.choice import Choice
from pdedsl.choice.march.agreement import Agreement
from pdedsl.choice.tuning import EVOLUTIONS, SEPARABLE
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.geometry.arrays import Array
from pdedsl.ir import NotNumericError
from pdedsl.models.bases import BasisOptions
from pdedsl.models.inputs import Axis
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling

from .coefficients import Coefficients, line_table
from .law_levels import level_of, weights_by_size
from .marches import Evolution, march_of
from .newton import UnsolvedError
from .nonlinear_form import NonlinearEvolution
from .nonlinear_march import NonlinearMarch
from .prolongation import Prolongation

_OBSTACLES = (SpentError, ArithmeticError, NotNumericError, np.linalg.LinAlgError, ValueError)
"""What ends the search with what was found before."""


class _CoarseError(Exception):
    """A march that says nothing, as some axes have far too few nodes.

    Args:
        axes: their numbers.
        edges: of windows so far, and those that are left.
    """

    def __init__(self, axes: list[int], edges: tuple[float, ...]) -> None:
        super().__init__()
        self.axes, self.edges = axes, edges


@dataclass(frozen=True, eq=False)
class Trial:
    """A march.

    Args:
        modes: of each axis.
        edges: of the windows.
        coefficients: of each window, shape (modes of each axis …, s + 1).
        tails: the last coefficients of each axis beside all of the windows so far.
        tails_in_time: the same in time, for each window.
    """

    modes: tuple[int, ...]
    edges: tuple[float, ...]
    coefficients: list[Array]
    tails: tuple[float, ...]
    tails_in_time: tuple[float, ...]

    @property
    def tail(self) -> float:
        """The largest of all."""
        return max(*self.tails, *self.tails_in_time)

    @property
    def theta(self) -> Tensor:
        """Parameters of the whole."""
        return torch.from_numpy(np.concatenate([own.ravel() for own in self.coefficients]))


@dataclass(frozen=True)
class MarchChoice:
    """A choice and what it leaves of the laws, see `level_of`."""

    choice: Choice
    level: float


def separable_choice(
    lowered: LoweredProblem,
    form: Evolution,
    allowance: Allowance,
    notify: Callable[[str], None] | None = None,
) -> MarchChoice | None:
    """Windows of polynomials and waves, or None where no march comes near the solution.

    Args:
        lowered: the problem.
        form: of it.
        allowance: of all marches.
        notify: called with a text about every one.
    """
    search = Search(lowered, form, allowance, notify)
    best = search.run()
    if best is None:
        return None
    method = search.method(best)
    level = level_of(lowered, method, best.theta)
    agreement = search.agreement(level)
    foretold = math.inf if agreement.error is None else agreement.error
    if not (level <= EVOLUTIONS.resolved or foretold <= SEPARABLE.kept):
        return None
    axes = len(form.lines)
    shape = " by ".join(str(size) for size in best.coefficients[0].shape[-1 - axes : -1])
    windows = f"{len(best.edges) - 1} windows of {shape} functions, with stages of Radau solved"
    why = (
        f"evolution in {axes} space coordinates: {windows} by Newton's method and GMRES, leave "
        f"{level:.0e} of the laws"
        if isinstance(form, NonlinearEvolution)
        else f"linear evolution whose operator is a sum along {axes} axes: {windows} axis by axis, "
        f"leave {level:.0e} of the laws"
    )
    choice = Choice(method, why, best.theta, agreement)
    return MarchChoice(choice, level)


class Search:
    """Marches one after another."""

    def __init__(
        self,
        lowered: LoweredProblem,
        form: Evolution,
        allowance: Allowance,
        notify: Callable[[str], None] | None,
    ) -> None:
        self._problem, self._form = lowered.problem, form
        self._allowance, self._notify = allowance, notify
        self._weights = weights_by_size(lowered.problem)
        self._last, self._room = 0.0, allowance.remaining
        self._difference: float | None = None
        self._error: float | None = None

    def run(self) -> Trial | None:
        """The trial with the smallest tails."""
        modes = tuple(
            SEPARABLE.degree if line.ends else SEPARABLE.waves for line in self._form.lines
        )
        low, high = self._form.times
        edges = tuple(np.linspace(low, high, SEPARABLE.windows + 1).tolist())
        best, idle = None, 0
        while True:
            try:
                trial = self._march(modes, edges, best)
            except _CoarseError as coarse:
                edges = coarse.edges
                modes = tuple(
                    math.ceil(SEPARABLE.growths[0] * k) if axis in coarse.axes else k
                    for axis, k in enumerate(modes)
                )
                if self._fits(modes, edges):
                    continue
                break
            except _OBSTACLES:
                break
            if self._notify is not None:
                self._notify(f"{len(edges) - 1} windows of {modes} modes end at {trial.tail:.0e}")
            if best is not None:
                self._compare(best, trial)
            elif trial.tail <= SEPARABLE.rounding:
                self._error = trial.tail
            better = best is None or trial.tail < SEPARABLE.fall * best.tail
            # Windows of several periods tell nothing: tails do not fall before these are short.
            seen = max(trial.tails_in_time) <= SEPARABLE.falls
            best, idle = (trial, 0) if best is None or better else (best, idle + seen)
            if trial.tail <= SEPARABLE.rounding or idle == SEPARABLE.patience:
                break
            for growth in SEPARABLE.growths:
                modes, edges = self._refined(trial, growth)
                if self._fits(modes, edges):
                    break
            else:
                break
            if (modes, edges) == (trial.modes, trial.edges):
                break  # what limits it has no room to grow
        return best

    def once(self, modes: tuple[int, ...], edges: tuple[float, ...]) -> Trial | None:
        """One march, whatever its tails are; None where there is none."""
        try:
            trial = self._march(modes, edges, None) if self._fits(modes, edges) else None
        except (_CoarseError, *_OBSTACLES):
            return None
        if trial is not None and self._notify is not None:
            self._notify(f"{len(edges) - 1} windows of {modes} modes end at {trial.tail:.0e}")
        return trial

    def agreement(self, level: float) -> Agreement:
        """What the trials say of the best one, which leaves so much of the laws."""
        return Agreement(level, self._difference, error=self._error, alone=self._error is None)

    def _compare(self, best: Trial, trial: Trial) -> None:
        """Errors fall as the tails do: that of the better one is a part of the distance."""
        middles = [(lower + upper) / 2 for lower, upper in pairwise(trial.edges)]
        self._difference = difference_of(best, trial, [*trial.edges, *middles])
        fewer, more = sorted([best.tail, trial.tail])
        self._error = self._difference * (fewer / more if more else 1.0)

    def method(self, trial: Trial) -> Method:
        """The method whose parameters the trial has."""
        stages = trial.coefficients[0].shape[-1] - 1
        options = BasisOptions(family="mixed", modes=(*trial.modes, stages))
        points: dict[str, int] = dict.fromkeys(
            {law.kind for law in self._problem.laws}, EVOLUTIONS.check_points
        )
        return Method(
            model=WindowsOptions(edges=trial.edges, pieces=(options,)),
            optimizer=LstsqOptions(),
            weights=self._weights,
            sampling=Sampling(kind="sobol", points=points),
        )

    def _stages(self, modes: Sequence[int]) -> int:
        """As many as a window has room for."""
        return min(SEPARABLE.stages, SEPARABLE.most_functions // self._size(modes) - 1)

    def _size(self, modes: Sequence[int]) -> int:
        """Functions of space."""
        lines = zip(modes, self._form.lines, strict=True)
        return math.prod(k + 1 if line.ends else 2 * k + 1 for k, line in lines)

    def _fits(self, modes: Sequence[int], edges: Sequence[float]) -> bool:
        stages = self._stages(modes)
        total = self._size(modes) * (stages + 1) * (len(edges) - 1)
        enough = stages >= SEPARABLE.fewest_stages and total <= SEPARABLE.most_coefficients
        looks = SEPARABLE.looks * self._allowance.slowdown * sum(modes) * (len(edges) - 1)
        return enough and looks <= self._room

    def _march(self, modes: tuple[int, ...], edges: tuple[float, ...], best: Trial | None) -> Trial:
        """A march with so many modes, and with windows that end at some times, at least.

        Raises:
            _CoarseError: some axes have far too few.
        """
        began = self._allowance.used
        self._allowance.check(SEPARABLE.dearer * self._last)
        # Its error is to be small beside those of this march, which are a part of those of the
        # one before.
        tolerance = SEPARABLE.newton * (1.0 if best is None else min(1.0, best.tail))
        march = march_of(self._form, modes, self._stages(modes), tolerance)
        if march.is_sudden():
            raise ArithmeticError("the conditions contradict the start")
        transform = Coefficients(self._form, march, modes)
        if isinstance(march, NonlinearMarch):
            coefficients, edges = self._cut_where_needed(march, transform, edges, best)
        else:
            coefficients = []
            for window in march.windows(edges):
                self._allowance.check()
                coefficients.append(transform(window))
        self._last = self._allowance.used - began
        # Beside the largest so far: what grows from a seed is to be right from the seed on.
        roots = np.sqrt(np.diff(edges))
        sizes = np.maximum.accumulate([float(np.linalg.norm(own)) for own in coefficients] / roots)
        if not sizes[-1] > 0:
            raise ArithmeticError("the solution is zero")
        sizes[sizes == 0] = sizes[-1]  # until something begins
        parts = np.array([_tails(own, self._form) for own in coefficients])
        *space, time = (parts / (roots * sizes)[:, None]).T.tolist()
        return Trial(modes, edges, coefficients, tuple(map(max, space)), tuple(time))

    def _cut_where_needed(
        self,
        march: NonlinearMarch,
        transform: Coefficients,
        edges: tuple[float, ...],
        best: Trial | None,
    ) -> tuple[list[Array], tuple[float, ...]]:
        """Coefficients of windows, which are halved where one is far from the solution, and edges.

        What follows such a window, or the start where it is not resolved, would tell nothing.
        """
        self._check_axes(transform.in_space(march.start())[..., None], edges)
        todo = list(pairwise(edges))[::-1]
        done, coefficients, state = [edges[0]], [], march.begin()
        assert isinstance(self._form, NonlinearEvolution)
        guess = best and Prolongation(self._form, march, best.edges, best.coefficients)
        shortest = SEPARABLE.shortest * (edges[-1] - edges[0])
        while todo:
            self._allowance.check()
            if best is None and self._allowance.remaining < (1 - SEPARABLE.first) * self._room:
                raise SpentError("the time for a first march is spent")
            lower, upper = todo.pop()
            try:
                known = guess(lower, upper) if guess else None
                window, after = march.step(lower, upper, state, known)
            except UnsolvedError:
                own = None
            else:
                own = transform(window)
                left = tuple(b for _, b in reversed(todo))
                if _tails(own, self._form)[-1] <= SEPARABLE.falls * np.linalg.norm(own):
                    self._check_axes(own, (*done, upper, *left))
                else:
                    own = None
            if own is not None:
                done.append(upper)
                coefficients.append(own)
                state = after
                continue
            if not upper - lower > shortest:
                raise ArithmeticError("no window is short enough")
            middle = (lower + upper) / 2
            todo += [(middle, upper), (lower, middle)]
            if len(done) + len(todo) > SEPARABLE.most_windows:
                raise ArithmeticError("there are too many windows")
        return coefficients, tuple(done)

    def _check_axes(self, own: Array, edges: tuple[float, ...]) -> None:
        """That the last coefficients of each axis are small, roughly."""
        *tails, _ = _tails(own, self._form)
        size = float(np.linalg.norm(own))
        axes = [axis for axis, tail in enumerate(tails) if tail > SEPARABLE.coarse * size]
        if axes:
            raise _CoarseError(axes, edges)

    def _refined(self, trial: Trial, growth: float) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """More nodes where the tails of a trial are not small beside the largest."""
        least = max(SEPARABLE.rounding, SEPARABLE.near * trial.tail)
        modes = tuple(
            math.ceil(growth * k) if tail > least else k
            for k, tail in zip(trial.modes, trial.tails, strict=True)
        )
        edges = [trial.edges[0]]
        for (lower, upper), tail in zip(pairwise(trial.edges), trial.tails_in_time, strict=True):
            pieces = self._pieces(tail, trial) if tail > least else 1
            edges += np.linspace(lower, upper, pieces + 1)[1:].tolist()
        return modes, tuple(edges)

    @staticmethod
    def _pieces(tail: float, trial: Trial) -> int:
        """Of a window: a tail that falls falls as a power of the length, the number of stages."""
        if tail > SEPARABLE.falls:
            return 2
        stages = trial.coefficients[0].shape[-1] - 1
        return min(max(2, round((tail / SEPARABLE.rounding) ** (1 / stages))), SEPARABLE.pieces)


def _tails(own: Array, form: Evolution) -> list[float]:
    """Norms of the last coefficients of each axis and of time."""
    out = []
    for axis, line in enumerate(form.lines):
        count = 2 if line.ends else 4  # symmetric functions have none at every other place
        last = np.moveaxis(own, axis - len(form.lines) - 1, 0)[-count:]
        out.append(float(np.linalg.norm(last)))
    return [*out, float(np.linalg.norm(own[..., -1]))]


def difference_of(one: Trial, other: Trial, times: Sequence[float]) -> float:
    """The largest distance of two trials at some times, relative to the largest size there.

    In the coefficients of space, the largest of all components.
    """
    pairs = [(_at(one, time), _at(other, time)) for time in times]
    sizes = np.max([_norms(second) for _, second in pairs], axis=0)
    apart = np.max([_apart(*pair) for pair in pairs], axis=0)
    return float(np.max(apart[sizes > 0] / sizes[sizes > 0], initial=0.0))


def _norms(own: Array) -> Array:
    """Of each component, shape (components,)."""
    return np.asarray(np.linalg.norm(own.reshape(len(own), -1), axis=1))


def _apart(one: Array, other: Array) -> Array:
    shape = [max(pair) for pair in zip(one.shape, other.shape, strict=True)]
    padded = [np.pad(a, [(0, n - k) for n, k in zip(shape, a.shape, strict=True)])
              for a in (one, other)]  # fmt: skip
    return _norms(padded[0] - padded[1])


def _at(trial: Trial, time: float) -> Array:
    """Coefficients of space at a time, shape (components, modes of each axis …)."""
    window = min(max(bisect_left(trial.edges, time) - 1, 0), len(trial.coefficients) - 1)
    axis = Axis(trial.edges[window], trial.edges[window + 1], None)
    own = trial.coefficients[window]
    found = own @ line_table(axis, own.shape[-1] - 1, np.array([time]))[0]
    return np.asarray(found if found.ndim > len(trial.modes) else found[None])
