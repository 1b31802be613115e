"""When the state of a training is written again."""

from __future__ import annotations

import time

SECONDS_BETWEEN_CHECKPOINTS = 10.0
_FIRST = 1.0  # seconds to the first one, and from each to the next twice as long up to those
_LEAST_RATIO = 20.0  # of the time between two to the time that writing one takes; a choice


class Interval:
    """Says when a file is due again.

    Args:
        every: iterations after which it is due in any case; None for the clock alone.
    """

    def __init__(self, every: int | None = None) -> None:
        self._every, self._iterations = every, 0
        self._saved, self._pause, self._cost = time.monotonic(), _FIRST, 0.0

    def due(self, iterations: int = 0) -> bool:
        """Whether the last one is old enough for another."""
        if self._every is not None and iterations - self._iterations >= self._every:
            return True
        least = max(self._pause, _LEAST_RATIO * self._cost)
        return time.monotonic() - self._saved >= least

    def written(self, began: float, iterations: int = 0) -> None:
        """One is written, which was begun at a time of `time.monotonic`."""
        self._saved, self._iterations = time.monotonic(), iterations
        self._cost = self._saved - began
        self._pause = min(2 * self._pause, SECONDS_BETWEEN_CHECKPOINTS)
