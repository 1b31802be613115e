"""What goes on while nothing is reported, on standard error where that takes long."""

from __future__ import annotations

import threading

from .console import say

_PAUSE = 2.0  # seconds of a phase until it is named


class Phases:
    """Names a phase that lasts for some seconds; a context that ends the last one.

    Args:
        quiet: say nothing at all.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._timer: threading.Timer | None = None

    def begin(self, text: str) -> None:
        """One phase ends and another begins."""
        self.end()
        if text and not self._quiet:
            self._timer = threading.Timer(_PAUSE, say, [text])
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """The phase is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> Phases:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
