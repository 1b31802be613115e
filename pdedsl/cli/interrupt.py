"""Ctrl-C: the first asks the training to end with its best state, the second kills."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from .console import say


class Interrupt:
    """A context in which the first SIGINT sets a flag instead of ending the program.

    Args:
        then: what follows once the training has stopped, for the message.
    """

    def __init__(self, then: str = "saving the best state") -> None:
        self.asked = False
        self._then = then
        self._before: Any = None

    def __call__(self) -> bool:
        """Whether the user has asked to stop."""
        return self.asked

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        say(f"\nstopping after this iteration and {self._then}; Ctrl-C again kills")
