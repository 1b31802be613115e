"""The file of a training that can go on, written every ten seconds or so."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .files import write_bytes
from .intervals import Interval


class TrainingFile:
    """Keeps states of a training, see `pdedsl.training.keeping.Keeper`.

    Args:
        path: of the file.
        encode: bytes of a state after so many iterations.
        attempt: calls a function that writes the file of a name; whether that went well.
        every: iterations between two states, beside the clock; None for the clock alone.

    Attributes:
        iterations: those of the last state that was written; None before.
    """

    def __init__(
        self,
        path: Path,
        encode: Callable[[Mapping[str, Any], int], bytes],
        attempt: Callable[[str, Callable[[], object]], bool],
        every: int | None = None,
    ) -> None:
        self._path, self._encode, self._attempt = path, encode, attempt
        self._interval = Interval(every)
        self.iterations: int | None = None

    def due(self, iterations: int) -> bool:
        """Whether the last state is old enough for another."""
        return self._interval.due(iterations)

    def keep(self, state: Mapping[str, Any], iterations: int) -> None:
        """Write a state in place of the one before, which stays where that fails."""
        began = time.monotonic()
        content, path = self._encode(state, iterations), self._path
        if self._attempt(path.name, lambda: write_bytes(path, content)):
            self.iterations = iterations
        self._interval.written(began, iterations)

    def remove(self) -> None:
        """Remove the file: the training is at its end."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
