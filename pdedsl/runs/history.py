"""The course of a training as a table: ``iteration, seconds, loss, rel_l2, <laws…>, note``."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress

_FIXED = ("iteration", "seconds", "loss", "rel_l2")


class HistoryFile:
    """Rows appended and flushed as they come, so that a killed run keeps its history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[str] | None = None
        self._laws: tuple[str, ...] = ()

    def append(self, event: Progress) -> None:
        """Write one row; the first row decides the columns of the laws.

        Raises:
            OSError: the file cannot be written.
        """
        if self._stream is None:
            self._stream = self._path.open("w", encoding="utf-8", newline="")
            self._laws = tuple(event.laws)
            self._stream.write(_line((*_FIXED, *self._laws, "note")))
        self._stream.write(_line(_row(event, self._laws)))
        self._stream.flush()

    def close(self) -> None:
        """Close the file; a later `append` starts it anew."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def table(events: Sequence[Progress]) -> str:
    """The whole history as CSV text."""
    laws = tuple(dict.fromkeys(label for event in events for label in event.laws))
    rows = [_row(event, laws) for event in events]
    return "".join(_line(row) for row in [(*_FIXED, *laws, "note"), *rows])


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a history file, as keyword arguments of `Progress`.

    A last row that was cut off is left out.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        laws = [name for name in reader.fieldnames or () if name not in (*_FIXED, "note")]
        found = []
        for row in reader:
            try:
                found.append(_event(row, laws))
            except (TypeError, ValueError):
                break
    return found


def _event(row: Mapping[str, str], laws: Iterable[str]) -> dict[str, Any]:
    return {
        "iteration": int(row["iteration"]),
        "seconds": float(row["seconds"]),
        "loss": float(row["loss"]),
        "rel_l2": float(row["rel_l2"]) if row["rel_l2"] else None,
        "laws": {label: float(row[label]) for label in laws if row[label]},
        "note": row["note"] or "",
    }


def _row(event: Progress, laws: Sequence[str]) -> list[str]:
    error = "" if event.rel_l2 is None or math.isnan(event.rel_l2) else f"{event.rel_l2:.9g}"
    numbers = [f"{event.laws[label]:.9g}" if label in event.laws else "" for label in laws]
    head = [str(event.iteration), f"{event.seconds:.3f}", f"{event.loss:.9g}", error]
    return [*head, *numbers, event.note]


def _line(values: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(values)
    return stream.getvalue()
