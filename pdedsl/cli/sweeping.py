"""Cases of a sweep: a spec at several values of its parameters, each a run in a process of its own.

A case is in a folder named after its values, so that a sweep that was broken off goes on with the
cases that have not ended.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pdedsl.runs import RunFolder, is_claimed

_POLL = 0.05  # seconds between two looks at processes; a choice
_GRACE = 30.0  # seconds that cases have to save their best states once they are to end; a choice


@dataclass(frozen=True)
class Case:
    """One run of a sweep.

    Args:
        values: of parameters, by name.
        seed: of the run.
        folder: of the run.
    """

    values: Mapping[str, float]
    seed: int
    folder: Path

    @property
    def record(self) -> dict[str, Any] | None:
        """``run.json`` of the run; None where there is none yet."""
        try:
            found = json.loads(RunFolder(self.folder).record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and "status" in found else None

    @property
    def ended(self) -> bool:
        """Whether it needs no more work."""
        record = self.record
        return record is not None and record["status"] not in ("choosing", "running", "interrupted")


def cases_of(
    values: Sequence[tuple[str, Sequence[float]]], seeds: Sequence[int], folder: Path
) -> list[Case]:
    """All combinations, the last name fastest.

    Args:
        values: names of parameters, and what each one is.
        seeds: of runs.
        folder: that holds the folders of all.
    """
    names, lines = [name for name, _ in values], [own for _, own in values]
    found = []
    for point, seed in itertools.product(itertools.product(*lines), seeds):
        parts = [f"{name}={value:.12g}" for name, value in zip(names, point, strict=True)]
        if len(seeds) > 1 or not parts:
            parts.append(f"seed={seed}")
        found.append(Case(dict(zip(names, point, strict=True)), seed, folder / ",".join(parts)))
    return found


def solve_command(case: Case, file: str, options: Sequence[str]) -> list[str]:
    """What solves a case, behind ``pdedsl``."""
    sets = [part for name, value in case.values.items()
            for part in ("--set", f"{name}={value!r}")]  # fmt: skip
    how = ["--seed", str(case.seed), "--out", str(case.folder), "--no-plots", "--quiet"]
    return ["solve", file, *sets, *how, *options]


class Processes:
    """Runs cases, so many at once.

    Args:
        options: of ``pdedsl solve``, those of all cases.
        most: processes at once.
        should_stop: asked whether to end; cases at work then save their best states.
    """

    def __init__(
        self, file: str, options: Sequence[str], most: int, should_stop: Callable[[], bool]
    ) -> None:
        self._file, self._options, self._most = file, list(options), most
        self._should_stop = should_stop
        self._at_work: list[tuple[Case, subprocess.Popen[bytes], IO[bytes]]] = []

    def run(self, cases: Sequence[Case]) -> Iterator[tuple[Case, str]]:
        """Each case as it ends, with what it said on standard error."""
        left = list(cases)
        try:
            while left or self._at_work:
                while left and len(self._at_work) < self._most and not self._should_stop():
                    self._begin(left.pop(0))
                if self._should_stop():
                    left.clear()
                    self._end_all()
                yield from self._ended()
                time.sleep(_POLL)
        finally:
            self._end_all()

    def _begin(self, case: Case) -> None:
        log = tempfile.TemporaryFile()  # noqa: SIM115 - closed once the process has ended
        # A session of its own: Ctrl-C comes once, from here, and not from the terminal as well.
        process = subprocess.Popen(
            [sys.executable, "-m", "pdedsl", *self._command(case)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=log, env=self._environment(), start_new_session=True,
        )  # fmt: skip
        self._at_work.append((case, process, log))

    def _command(self, case: Case) -> list[str]:
        """A new run, or the rest of one that was broken off."""
        if case.record is not None and not is_claimed(case.folder):
            return ["resume", str(case.folder), "--quiet"]
        return solve_command(case, self._file, self._options)

    def _environment(self) -> dict[str, str]:
        """Threads of each process, so that all together have the cores."""
        threads = max(1, (os.cpu_count() or 1) // self._most)
        return {"OMP_NUM_THREADS": str(threads), **os.environ}

    def _ended(self) -> Iterator[tuple[Case, str]]:
        done = [own for own in self._at_work if own[1].poll() is not None]
        self._at_work = [own for own in self._at_work if own not in done]
        for case, _, log in done:
            log.seek(0)
            said = log.read().decode("utf-8", "replace").strip()
            log.close()
            yield case, said

    def _end_all(self) -> None:
        """Ask all to end with their best states, and wait for them."""
        for _, process, _ in self._at_work:
            with suppress(OSError):
                process.terminate()
        until = time.monotonic() + _GRACE
        for _, process, _ in self._at_work:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
