"""The course of a training as a picture that is drawn anew while it goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress

_EVERY = 1.0  # seconds between pictures, which take 0.2 s each


class LiveCurve:
    """Reports of a training, shown below the cell that runs it; the picture goes when it ends."""

    def __init__(self) -> None:
        self._history: list[Progress] = []
        self._shown: Any = None
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        from IPython.display import HTML

        if self._shown is not None:
            self._shown.update(HTML(""))

    def add(self, progress: Progress) -> None:
        """Take a report, and draw where the last picture is old enough."""
        self._history.append(progress)
        if len(self._history) > 1 and time.monotonic() - self._drawn >= _EVERY:
            self._draw()

    def _draw(self) -> None:
        from pdedsl.plots.history import history_figure
        from pdedsl.plots.style import style

        with style():
            self._show(history_figure(self._history))
        self._drawn = time.monotonic()

    def _show(self, what: Any) -> None:
        from IPython.display import display

        if self._shown is None:
            self._shown = display(what, display_id=True)
        else:
            self._shown.update(what)
