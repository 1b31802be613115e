"""The course of a training on standard error: one live line, or sparse plain lines."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING, Any

from .console import say

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress

_MOST_LAWS = 4
_REFRESH = 8.0
# Seconds between plain lines: few in a long log, enough to see that it lives.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Live:
    """A context in which `update` shows the progress.

    Args:
        budget: seconds that the training may take, if it is known.
        quiet: show nothing at all.
    """

    def __init__(self, budget: float | None, quiet: bool = False) -> None:
        self._budget = budget
        self._quiet = quiet
        self._rich: Any = None
        self._pause = _FIRST_PAUSE
        self._next = 0.0
        self._drawn = 0.0

    def __enter__(self) -> Live:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live as RichLive

            console = Console(stderr=True)
            self._rich = RichLive(console=console, refresh_per_second=_REFRESH, transient=True)
            self._rich.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._rich is not None:
            self._rich.stop()

    def update(self, progress: Progress) -> None:
        """Show a moment of the training, unless the last one was shown just now."""
        if self._quiet:
            return
        now = time.monotonic()
        if self._rich is not None:
            if now - self._drawn >= 1 / _REFRESH:
                from rich.text import Text

                self._drawn = now
                text = Text(line(progress, self._budget), no_wrap=True, overflow="ellipsis")
                self._rich.update(text)
        elif now >= self._next:
            self._next = now + self._pause
            self._pause = min(1.5 * self._pause, _LONGEST_PAUSE)
            say(line(progress, self._budget))


def line(progress: Progress, budget: float | None) -> str:
    """``iteration 120  12 s, 48 s left  loss 3.1e-05  error 4.0e-04  eq 2.0e-03  bc 1.1e-04``.

    What matters most comes first, since a narrow terminal cuts off the end.
    """
    parts = [f"iteration {progress.iteration}", _clock(progress.seconds, budget)]
    parts.append(f"loss {progress.loss:.2e}")
    if progress.rel_l2 is not None and math.isfinite(progress.rel_l2):
        parts.append(f"error {progress.rel_l2:.1e}")
    laws = list(progress.laws.items())
    parts += [f"{label} {rms:.1e}" for label, rms in laws[:_MOST_LAWS]]
    if len(laws) > _MOST_LAWS:
        parts.append(f"and {len(laws) - _MOST_LAWS} more")
    if progress.note:
        parts.append(f"({progress.note})")
    return "  ".join(parts)


def _clock(seconds: float, budget: float | None) -> str:
    if budget is None:
        return f"{seconds:.0f} s"
    return f"{seconds:.0f} s, {max(0.0, budget - seconds):.0f} s left"
