"""Writes a run folder while the run lasts; a full disk never stops the training."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import history, tomltext
from .files import append_text, write_bytes, write_text
from .folder import RunFolder
from .history import HistoryFile
from .jsontext import dumps

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress

SECONDS_BETWEEN_CHECKPOINTS = 10.0
_FIRST = 1.0  # seconds to the first one, and from each to the next twice as long up to those


class UnwritableError(OSError):
    """A run folder that cannot be written to, found out before the training."""


class Recorder:
    """Keeps a run folder up to date.

    Once the training runs, an error of the file system is remembered in ``failures``, a
    sentence for each file, instead of being raised.

    Args:
        folder: where to write.
        checkpoint: bytes of the checkpoint file for a state θ.
    """

    def __init__(self, folder: RunFolder, checkpoint: Callable[[Any], bytes]) -> None:
        self.folder = folder
        self.failures: dict[str, str] = {}
        self._checkpoint = checkpoint
        self._history = HistoryFile(folder.history)
        self._lines: list[str] = []
        self._saved, self._pause = time.monotonic(), _FIRST

    def begin(
        self,
        spec: str,
        data: Mapping[str, Path],
        method: Mapping[str, Any],
        record: Mapping[str, Any],
    ) -> None:
        """Write what is known before the training.

        Args:
            spec: text of the problem.
            data: path as in the spec to the data file to be copied below the run folder.
            method: nested settings, as in a method file.
            record: first content of ``run.json``.

        Raises:
            UnwritableError: a file cannot be written; better known now than after hours.
        """
        try:
            write_text(self.folder.spec, spec)
            for name, path in data.items():
                target = self.folder.path / name
                target.parent.mkdir(parents=True, exist_ok=True)
                write_bytes(target, path.read_bytes())
            write_text(self.folder.method, tomltext.dumps(method))
            write_text(self.folder.record, dumps(record) + "\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnwritableError(f"cannot write to {self.folder.path}: {reason}") from error

    def progress(self, event: Progress) -> None:
        """Append to the history."""
        if "history.csv" not in self.failures:
            self._attempt("history.csv", lambda: self._history.append(event))

    def moment(self, line: str) -> None:
        """Append a line, with its end, to what is measured along the training."""
        self._lines.append(line)
        if "watch.jsonl" not in self.failures:
            self._attempt("watch.jsonl", lambda: append_text(self.folder.watch, line))

    def due(self) -> bool:
        """Whether the last checkpoint is old enough for another."""
        return time.monotonic() - self._saved >= self._pause

    def state(self, theta: Any) -> None:
        """Save the best state so far."""
        self._saved = time.monotonic()
        self._pause = min(2 * self._pause, SECONDS_BETWEEN_CHECKPOINTS)
        content, path = self._checkpoint(theta), self.folder.checkpoint
        self._attempt(path.name, lambda: write_bytes(path, content))

    def finish(self, record: Mapping[str, Any], theta: Any, events: Sequence[Progress]) -> None:
        """Write the last state, the whole history, all moments and the final record."""
        self.failures.clear()
        self._attempt("history.csv", self._history.close)
        if events:
            text = history.table(events)
            self._attempt("history.csv", lambda: write_text(self.folder.history, text))
        if self._lines:
            self._attempt(
                "watch.jsonl", lambda: write_text(self.folder.watch, "".join(self._lines))
            )
        self.state(theta)
        self._attempt("run.json", lambda: write_text(self.folder.record, dumps(record) + "\n"))

    def _attempt(self, name: str, action: Callable[[], object]) -> None:
        try:
            action()
        except OSError as error:
            reason = error.strerror or str(error)
            self.failures[name] = f"cannot write {self.folder.path / name}: {reason}"
