"""A bound on the seconds that something takes, and the cost of trials that share it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_OPERATIONS = 3e10
"""Of a factorisation in a second, on one core of the fastest machine at hand: QR of 6,000 rows and
1,500 columns in 0.8 to 0.9 s. On others a trial takes longer than it says, never less."""
_GROWTH = 5 / 6
"""Power of the operations of a factorisation with which a trial grows: between that of its entries,
2/3, and 1, as small trials spend their time on entries, and large ones on the factorisation."""
_KNOWN = 0.2  # seconds of computing from which it is known how busy the machine is †


class SpentError(Exception):
    """An allowance is spent; the text says which."""


class Allowance:
    """So many seconds from now on.

    A whole one counts those of the clock on the wall, which a user waits. Its parts count those of
    computing in this thread, so that what is found with a generous budget does not depend on what
    else the machine does, and end with the whole at the latest.

    Args:
        seconds: how many; None for no bound.
        should_stop: asked whether to end before.
        extended: how many in all once `extend` is called, where that is more.
        clock: seconds since some moment.
        whole: of which this is a part.
    """

    def __init__(
        self,
        seconds: float | None,
        should_stop: Callable[[], bool] | None = None,
        extended: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        whole: Allowance | None = None,
    ) -> None:
        self.seconds = math.inf if seconds is None else seconds
        self.should_stop, self._extended = should_stop, extended
        self._clock, self._whole = clock, whole
        self._began, self._computed = clock(), time.thread_time()

    def part(self, seconds: float, extended: float = 0.0) -> Allowance:
        """So many seconds of computing in this thread, from now on, within what is left here.

        Args:
            seconds: at most.
            extended: as for an allowance.
        """
        return Allowance(seconds, self.should_stop, extended, time.thread_time, self)

    def until(self, share: float) -> Allowance:
        """That share of the seconds that are left, by the same clock."""
        left = share * max(0.0, self.remaining)
        return Allowance(left, self.should_stop, 0.0, self._clock, self._whole)

    def extend(self) -> None:
        """Allow the extended time."""
        self.seconds = max(self.seconds, self._extended)

    def reserve(self, seconds: float) -> None:
        """Have so many seconds from now on in any case."""
        self.seconds = max(self.seconds, self.used + seconds)

    @property
    def used(self) -> float:
        """Seconds so far."""
        return self._clock() - self._began

    @property
    def remaining(self) -> float:
        """Seconds that are left; negative where they are overdrawn."""
        return self.seconds - self.used

    @property
    def clock_left(self) -> float:
        """Seconds by the clock that are left, of a part those of the whole."""
        return self.remaining if self._whole is None else self._whole.clock_left

    @property
    def stopped(self) -> bool:
        """Whether it was asked to end."""
        return self.should_stop is not None and self.should_stop()

    @property
    def slowdown(self) -> float:
        """Seconds of the clock for each second of computing so far, at least 1."""
        computed = time.thread_time() - self._computed
        return max(1.0, self.used / computed) if computed > _KNOWN else 1.0

    def covers(self, seconds: float = 0.0) -> bool:
        """Whether so many more, of computing in a part, are within the bound."""
        return not self.stopped and self._obstacle(seconds) is None

    def check(self, seconds: float = 0.0) -> None:
        """Between two parts of a computation, of which the next one takes so many.

        Raises:
            SpentError: the time is spent, or would be after it.
        """
        if self.stopped:
            raise SpentError("the search was stopped")
        if obstacle := self._obstacle(seconds):
            raise SpentError(obstacle)

    def _obstacle(self, seconds: float) -> str | None:
        """Why so many more are too many."""
        if self.used + seconds > self.seconds:
            return "the time for them is spent"
        whole = self._whole
        if whole is None or whole.used + whole.slowdown * seconds <= whole.seconds:
            return None
        return "the budget has no time for them"


class TrialCosts:
    """The cost of a trial, foreseen from that of the one before and from its operations.

    Args:
        allowance: of all trials together.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._work, self._seconds, self._began = 0.0, 0.0, 0.0

    def begin(self, rows: int, columns: int) -> None:
        """Begin a trial with so many rows and columns of the Jacobian.

        Raises:
            SpentError: the time that is left is too short for it.
        """
        work = 2.0 * rows * columns**2
        growth = (work / self._work) ** _GROWTH if self._work else 0.0
        self.allowance.check(max(growth * self._seconds, work / _OPERATIONS))
        self._work, self._began = work, self.allowance.used

    def end(self) -> None:
        """The trial is done."""
        self._seconds = self.allowance.used - self._began
