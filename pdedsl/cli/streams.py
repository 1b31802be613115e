"""Standard streams that are closed, or cannot hold every letter."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def prepare() -> None:
    """Make the streams safe to write to.

    A number of a file that the caller has closed would be given to the next file that is opened,
    a run's own, and what is printed would end up in it. Letters that an encoding other than UTF-8
    does not have become question marks.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (open to the end)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            if stream is not None and stream.encoding.lower().replace("-", "") != "utf8":
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
