"""Writes a run folder while the run lasts; a full disk never stops the training."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import history, tomltext
from .files import append_text, write_bytes, write_text
from .folder import RunFolder
from .history import HistoryFile
from .intervals import Interval
from .jsontext import dumps
from .training_file import TrainingFile

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress


class UnwritableError(OSError):
    """A run folder that cannot be written to, found out before the training."""


@contextmanager
def first_files(folder: RunFolder) -> Iterator[None]:
    """Within it the first files of a run are written; better known now than after hours.

    Raises:
        UnwritableError: a file cannot be written; the folder is named.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnwritableError(f"cannot write to {folder.path}: {reason}") from error


class Recorder:
    """Keeps a run folder up to date.

    Once the training runs, an error of the file system is remembered in ``failures``, a
    sentence for each file, instead of being raised.

    Args:
        folder: where to write.
        checkpoint: bytes of the checkpoint file for a state θ.
        training: bytes of the file by which a training goes on, see `TrainingFile`; None for none.
        tell: called with a sentence when a file cannot be written, once for each.
        every: iterations between two states of the training, beside the clock.
    """

    def __init__(
        self,
        folder: RunFolder,
        checkpoint: Callable[[Any], bytes],
        training: Callable[[Mapping[str, Any], int], bytes] | None = None,
        tell: Callable[[str], None] | None = None,
        every: int | None = None,
    ) -> None:
        self.folder = folder
        self.training = training and TrainingFile(folder.training, training, self._attempt, every)
        self._tell = tell
        self.failures: dict[str, str] = {}
        self._checkpoint = checkpoint
        self._history = HistoryFile(folder.history)
        self._lines: list[str] = []
        self._first: Mapping[str, Any] = {}
        self._interval = Interval()

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
            UnwritableError: a file cannot be written.
        """
        self._first = record
        with first_files(self.folder):
            write_text(self.folder.spec, spec)
            for name, path in data.items():
                target = self.folder.path / name
                target.parent.mkdir(parents=True, exist_ok=True)
                write_bytes(target, path.read_bytes())
            write_text(self.folder.method, tomltext.dumps(method))
            write_text(self.folder.record, dumps(record) + "\n")

    def go_on(
        self, method: Mapping[str, Any], record: Mapping[str, Any], events: Sequence[Progress]
    ) -> None:
        """Go on with a run that was broken off.

        Args:
            method: nested settings, of which the iterations may have changed.
            record: first content of ``run.json``.
            events: the history so far.

        Raises:
            UnwritableError: a file cannot be written.
        """
        self._first = record
        with first_files(self.folder):
            write_text(self.folder.method, tomltext.dumps(method))
            write_text(self.folder.record, dumps(record) + "\n")
            self._history.go_on(events)

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
        return self._interval.due()

    def state(self, theta: Any) -> None:
        """Save the best state so far."""
        began = time.monotonic()
        content, path = self._checkpoint(theta), self.folder.checkpoint
        self._attempt(path.name, lambda: write_bytes(path, content))
        self._interval.written(began)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is not None:
            self.abandon(f"{kind.__name__}: {error}".strip(": "))

    def abandon(self, reason: str) -> None:
        """Write down that the run came to no end, and why; the best state so far stays."""
        self._attempt("history.csv", self._history.close)
        text = dumps({**self._first, "status": "abandoned", "reason": reason}) + "\n"
        self._attempt("run.json", lambda: write_text(self.folder.record, text))

    def finish(self, record: Mapping[str, Any], theta: Any, events: Sequence[Progress]) -> None:
        """Write the last state, the whole history, all moments and the final record."""
        stale = self.failures.get(self.folder.training.name)
        self.failures.clear()
        if stale is not None:
            self.failures[self.folder.training.name] = stale
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

    def _attempt(self, name: str, action: Callable[[], object]) -> bool:
        """Whether a file could be written; a later success makes up for a failure."""
        try:
            action()
        except OSError as error:
            known, reason = name in self.failures, error.strerror or str(error)
            self.failures[name] = text = f"cannot write {self.folder.path / name}: {reason}"
            if self._tell is not None and not known:
                self._tell(f"{text}; the training goes on{self._last_good()}")
            return False
        self.failures.pop(name, None)
        return True

    def _last_good(self) -> str:
        if self.training is None or self.training.iterations is None:
            return ""
        place = f"iteration {self.training.iterations} in {self.folder.training}"
        return f"; the last good checkpoint is that of {place}"
