"""A bound on the seconds that something computes, and the cost of trials that share it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class SpentError(Exception):
    """An allowance is spent."""


class Allowance:
    """So many seconds of computing from now on.

    They are those of this thread, so that other programs on a busy machine take nothing from
    them and the same work gets as far on it as on an idle one.

    Args:
        seconds: how many; None for no bound.
        should_stop: asked whether to end before.
        extended: how many in all once `extend` is called, where that is more.
        clock: seconds of computing since some moment.
    """

    def __init__(
        self,
        seconds: float | None,
        should_stop: Callable[[], bool] | None = None,
        extended: float = 0.0,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self.seconds = math.inf if seconds is None else seconds
        self._should_stop, self._extended, self._clock = should_stop, extended, clock
        self._began = clock()

    def extend(self) -> None:
        """Allow the extended time."""
        self.seconds = max(self.seconds, self._extended)

    @property
    def used(self) -> float:
        """Seconds of computing so far."""
        return self._clock() - self._began

    @property
    def stopped(self) -> bool:
        """Whether it was asked to end."""
        return self._should_stop is not None and self._should_stop()

    def covers(self, seconds: float = 0.0) -> bool:
        """Whether so many more are within the bound."""
        return not self.stopped and self.used + seconds <= self.seconds

    def check(self) -> None:
        """Between two parts of a computation.

        Raises:
            SpentError: the time is spent.
        """
        if not self.covers():
            raise SpentError


class TrialCosts:
    """The cost of a trial, foreseen from that of the one before.

    Args:
        allowance: of all trials together.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._entries, self._seconds, self._began = 0, 0.0, 0.0

    def begin(self, entries: int) -> None:
        """Begin a trial with so many entries of the Jacobian, to which its cost is proportional.

        Raises:
            SpentError: the time that is left is too short for it.
        """
        growth = entries / self._entries if self._entries else 0.0
        if not self.allowance.covers(growth * self._seconds):
            raise SpentError
        self._entries, self._began = entries, self.allowance.used

    def end(self) -> None:
        """The trial is done."""
        self._seconds = self.allowance.used - self._began
