"""The runs below a folder, read from their records alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .claim import is_claimed
from .folder import RunFolder

_DEPTH = 3  # folders below that where runs are looked for; a choice


@dataclass(frozen=True)
class Entry:
    """A run in a list.

    Args:
        run: its folder.
        problem: title.
        method: name.
        status: the word for its result; ``choosing`` or ``running`` while a process is at work in
            it, ``interrupted`` where none is and it came to no end.
        error: the largest relative L2 error of a field; None where no solution is known.
        estimate: the largest estimate of it; None where there is none.
        iterations: made in all; None where that is not known.
        seconds: in all; None likewise.
        date: of the last change of the record, in UTC.
        resumable: whether `pdedsl resume` has something to go on with.
    """

    run: str
    problem: str
    method: str
    status: str
    error: float | None
    estimate: float | None
    iterations: int | None
    seconds: float | None
    date: str
    resumable: bool

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def runs_below(parent: Path) -> list[Entry]:
    """The runs in a folder and the folders in it, the last one first; itself where it is a run.

    Raises:
        OSError: the folder cannot be read.
    """
    next(parent.iterdir(), None)
    found = [entry for path in _folders(parent, _DEPTH) if (entry := entry_of(path)) is not None]
    return sorted(found, key=lambda entry: (entry.date, entry.run), reverse=True)


def entry_of(path: Path) -> Entry | None:
    """A run folder as an entry; None where it is none."""
    folder = RunFolder(path)
    try:
        data = json.loads(folder.record.read_text(encoding="utf-8"))
        changed = folder.record.stat().st_mtime
    except (OSError, ValueError):
        return None
    if not isinstance(data, dict) or "problem" not in data or "status" not in data:
        return None
    status = str(data["status"])
    if status in ("choosing", "running") and not is_claimed(path):
        status = "interrupted"
    estimate = data.get("estimate") or {}
    return Entry(
        str(path), str(data["problem"]), str(data.get("method")), status,
        _largest(data.get("errors"), "rel_l2"), _largest(estimate.get("fields"), "relative"),
        data.get("iterations"), (data.get("seconds") or {}).get("total"),
        datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds"),
        folder.training.is_file() or status == "interrupted",
    )  # fmt: skip


def _folders(parent: Path, depth: int) -> Iterator[Path]:
    if RunFolder(parent).record.is_file():
        yield parent
        return
    if not depth:
        return
    try:
        inner = sorted(path for path in parent.iterdir() if path.is_dir())
    except OSError:
        return
    for path in inner:
        if not path.name.startswith("."):
            yield from _folders(path, depth - 1)


def _largest(fields: Any, key: str) -> float | None:
    if not isinstance(fields, Mapping):
        return None
    values = (own.get(key) for own in fields.values() if isinstance(own, Mapping))
    return max((float(value) for value in values if value is not None), default=None)
