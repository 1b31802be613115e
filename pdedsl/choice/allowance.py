"""A bound on the time that something takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Allowance:
    """So many seconds of computing from now on.

    They are those of this thread, so that other programs on a busy machine take nothing from
    them and the same work gets as far on it as on an idle one.

    Args:
        seconds: how many; None for no bound.
        should_stop: asked whether to end before.
        longer: how many in all once `extend` is called, where that is more.
    """

    def __init__(
        self,
        seconds: float | None,
        should_stop: Callable[[], bool] | None = None,
        longer: float = 0.0,
    ) -> None:
        self._should_stop, self._longer = should_stop, longer
        self.seconds = math.inf if seconds is None else seconds
        self._began = time.thread_time()

    def extend(self) -> None:
        """Allow the longer time."""
        self.seconds = max(self.seconds, self._longer)

    @property
    def used(self) -> float:
        """Seconds of computing so far."""
        return time.thread_time() - self._began

    @property
    def stopped(self) -> bool:
        """Whether it was asked to end."""
        return self._should_stop is not None and self._should_stop()

    def covers(self, seconds: float = 0.0) -> bool:
        """Whether so many more are within the bound."""
        return not self.stopped and self.used + seconds <= self.seconds
