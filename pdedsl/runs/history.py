"""The course of a training as a table.

``iteration, seconds, loss, rel_l2``, the rms residual of each law under its label,
``weight LABEL``, ``gradient LABEL`` (norms, empty where not evaluated) and ``note``.
"""

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
_LAWS = {"laws": "", "weights": "weight ", "gradients": "gradient "}
"""Attribute of an event to what stands before a label in the names of its columns."""


class HistoryFile:
    """Rows appended and flushed as they come, so that a killed run keeps its history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[str] | None = None
        self._columns: tuple[str, ...] = ()

    def go_on(self, events: Sequence[Progress]) -> None:
        """Begin with rows of before a break, those that are there being replaced.

        Raises:
            OSError: the file cannot be written.
        """
        for event in events:
            self.append(event)

    def append(self, event: Progress) -> None:
        """Write one row; the laws of the first row decide the columns.

        Raises:
            OSError: the file cannot be written.
        """
        if self._stream is None:
            self._stream = self._path.open("w", encoding="utf-8", newline="")
            self._columns = _columns([event])
            self._stream.write(_line((*_FIXED, *self._columns, "note")))
        self._stream.write(_line(_row(event, self._columns)))
        self._stream.flush()

    def close(self) -> None:
        """Close the file; a later `append` starts it anew."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def table(events: Sequence[Progress]) -> str:
    """The whole history as CSV text."""
    columns = _columns(events)
    rows = [_row(event, columns) for event in events]
    return "".join(_line(row) for row in [(*_FIXED, *columns, "note"), *rows])


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a history file, as keyword arguments of `Progress`.

    A last row that was cut off is left out.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = [name for name in reader.fieldnames or () if name not in (*_FIXED, "note")]
        found = []
        for row in reader:
            try:
                found.append(_event(row, columns))
            except (TypeError, ValueError):
                break
    return found


def _columns(events: Sequence[Progress]) -> tuple[str, ...]:
    """Names of the columns of laws."""
    labels = dict.fromkeys(label for event in events for label in (*event.laws, *event.weights))
    return tuple(before + label for before in _LAWS.values() for label in labels)


def _event(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    if None in row.values():
        raise ValueError("a row that was cut off")
    return {
        "iteration": int(row["iteration"]),
        "seconds": float(row["seconds"]),
        "loss": float(row["loss"]),
        "rel_l2": float(row["rel_l2"]) if row["rel_l2"] else None,
        "note": row["note"] or "",
    } | _by_law({name: float(row[name]) for name in columns if row[name]})


def _by_law(values: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Column to value, as attribute of an event to label to value."""
    out: dict[str, dict[str, float]] = {name: {} for name in _LAWS}
    for column, value in values.items():
        kind, _, label = column.rpartition(" ")
        name = next(n for n, before in _LAWS.items() if before == (kind and f"{kind} "))
        out[name][label] = value
    return out


def _row(event: Progress, columns: Sequence[str]) -> list[str]:
    error = "" if event.rel_l2 is None or math.isnan(event.rel_l2) else f"{event.rel_l2:.9g}"
    own = {
        before + label: value
        for name, before in _LAWS.items()
        for label, value in getattr(event, name).items()
    }
    numbers = [f"{own[name]:.9g}" if name in own else "" for name in columns]
    head = [str(event.iteration), f"{event.seconds:.3f}", f"{event.loss:.9g}", error]
    return [*head, *numbers, event.note]


def _line(values: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(values)
    return stream.getvalue()
