"""Ctrl-C and other signals: the first asks a training to end with its best state, the next kill."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

from .console import say

_SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


class Interrupt:
    """A context in which the first of these signals sets a flag instead of ending the program.

    Args:
        then: what follows once the training has stopped, for the message.
    """

    def __init__(self, then: str = "saving the best state") -> None:
        self.asked = False
        self._then = then
        self._before: dict[int, Any] = {}

    def __call__(self) -> bool:
        """Whether the user has asked to stop."""
        return self.asked

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            wanted = (s for s in _SIGNALS if signal.getsignal(s) is not signal.SIG_IGN)
            self._before = {number: signal.signal(number, self._ask) for number in wanted}
        return self

    def __exit__(self, *error: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        for own in self._before:
            signal.signal(own, signal.SIG_DFL)
        again = "Ctrl-C again kills" if number == signal.SIGINT else "a second signal kills"
        with suppress(OSError):  # the terminal may be gone
            say(f"\nstopping after this iteration and {self._then}; {again}")
