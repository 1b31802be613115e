"""The folder of one run, made once and never written over by another run.

``spec.pde``, ``method.toml``, ``run.json``, ``history.csv``, ``watch.jsonl`` where the training was
watched, ``checkpoint.safetensors``, ``training.safetensors`` where the training can go on,
``pictures/``, and copies of the data files that the spec reads
from below its own folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

_LAST = 100_000


class FolderTakenError(FileExistsError):
    """The folder belongs to another run, or to something else."""


class RunFolder:
    """Paths of one run's files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def numbered(cls, parent: Path, stem: str) -> RunFolder:
        """Make ``parent/stem-001``, or the next free number.

        The folder is made in one step that fails when it exists, so that two runs that start
        together get two folders.

        Raises:
            OSError: the parent cannot be written to.
        """
        return cls(_numbered(parent, stem, "", lambda path: path.mkdir(exist_ok=False)))

    @classmethod
    def exactly(cls, path: Path) -> RunFolder:
        """Make that folder, or take it when it is empty.

        Raises:
            OSError: it cannot be made.
            FolderTakenError: it holds something, which a run never overwrites.
        """
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise FolderTakenError(f"{path} is not empty")
        return cls(path)

    @classmethod
    def owner(cls, file: Path) -> RunFolder | None:
        """The run that a file is part of; None where it is of no run, or only lies in a folder."""
        place = file.resolve()
        for run in map(cls, place.parents):
            if run.checkpoint.is_file() and place in run.files():
                return run
        return None

    def files(self) -> set[Path]:
        """The files of the run, there or not, with the copies of data that are there."""
        named = (self.spec, self.method, self.record, self.history, self.watch)
        states = (self.checkpoint, self.training)
        own = {path.resolve() for path in (*named, *states, *(self.path / "pictures").glob("*"))}
        try:
            text = self.spec.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        paths = re.findall(r'"([^"\n]+)"', text)
        return own | {p.resolve() for name in paths if (p := self.path / name).is_file()}

    @property
    def spec(self) -> Path:
        """The text of the problem."""
        return self.path / "spec.pde"

    @property
    def method(self) -> Path:
        """The method as used; it can be given to ``solve --method``."""
        return self.path / "method.toml"

    @property
    def record(self) -> Path:
        """What was solved, how, and what came of it."""
        return self.path / "run.json"

    @property
    def history(self) -> Path:
        """Loss and errors by iteration, appended while the run lasts."""
        return self.path / "history.csv"

    @property
    def watch(self) -> Path:
        """What was measured along the training, a line for each moment."""
        return self.path / "watch.jsonl"

    @property
    def checkpoint(self) -> Path:
        """The best state so far."""
        return self.path / "checkpoint.safetensors"

    @property
    def training(self) -> Path:
        """All that a training that is not at its end needs to go on."""
        return self.path / "training.safetensors"


def numbered_file(parent: Path, stem: str, ending: str) -> Path:
    """Make an empty file ``parent/stem-001.ending``, or of the next free number.

    Raises:
        OSError: the parent cannot be written to.
    """
    return _numbered(parent, stem, f".{ending}", lambda path: path.touch(exist_ok=False))


def _numbered(parent: Path, stem: str, ending: str, make: Callable[[Path], None]) -> Path:
    """The path with the next free number, made in one step that fails when it exists."""
    parent.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-") or "run"
    taken = [_number(path.name, stem, ending) for path in parent.glob(f"{stem}-*{ending}")]
    for number in range(max(taken, default=0) + 1, _LAST):
        path = parent / f"{stem}-{number:03d}{ending}"
        try:
            make(path)
        except FileExistsError:
            continue
        return path
    raise OSError(f"no free run number below {parent / stem}")


def _number(name: str, stem: str, ending: str) -> int:
    digits = name[len(stem) + 1 :].removesuffix(ending)
    return int(digits) if digits.isascii() and digits.isdigit() else 0
