"""Finished cells of the accuracy benchmark in a file, so that a long run can be done in pieces."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pdedsl.runs.files import write_text

Column = Literal["auto", "network", "deepxde"]
COLUMNS: tuple[Column, ...] = get_args(Column)
FAILED = "failed"
UNSUPPORTED = "unsupported"


class StoreError(ValueError):
    """A file is there that is none of this benchmark."""


@dataclass(frozen=True)
class Key:
    """What a cell is known by."""

    spec: str
    column: Column
    budget: float
    seed: int
    version: str


@dataclass(frozen=True)
class Cell:
    """The result of one solver on one spec.

    Args:
        key: the spec, the solver and its version, budget and seed.
        status: how the training ended; `FAILED` where the process broke down, `UNSUPPORTED`
            where the solver refuses the problem.
        reason: in words.
        why: the reason for the method, or the method itself.
        errors: relative L2 errors by field and component; None where one is not a number.
        numbers: relative errors of unknown numbers.
        seconds: ``total``, and for pdedsl ``choose``, ``compile`` and ``train``.
        curve: pairs of seconds since the start of the training and the largest error.
        machine: processor, cores, threads, date and versions.
    """

    key: Key
    status: str
    reason: str = ""
    why: str = ""
    errors: dict[str, float | None] = field(default_factory=dict)
    numbers: dict[str, float | None] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    curve: list[tuple[float, float]] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> float | None:
        """The largest error; None where there is none, or where one is not a number."""
        found = [*self.errors.values(), *self.numbers.values()]
        numbers = [value for value in found if value is not None]
        return max(numbers) if numbers and len(numbers) == len(found) else None

    @property
    def total(self) -> float | None:
        """Seconds in all."""
        return self.seconds.get("total")

    @property
    def before(self) -> float:
        """Seconds before the clock of the curve starts: choosing a method, and compiling."""
        return self.seconds.get("choose", 0.0) + self.seconds.get("compile", 0.0)

    def reached(self, error: float) -> float | None:
        """Seconds from the start, choosing included, until the error is so small; None if never.

        The curve has errors on few points, the last error is on many, so that either may be the
        one that is small enough.
        """
        times = [self.before + seconds for seconds, found in self.curve if found <= error]
        if self.error is not None and self.error <= error and self.total is not None:
            times.append(self.total)
        return min(times, default=None)


def version_of(column: Column) -> str:
    """Name and version of the solver of a column, such as ``pdedsl 0.1.0``.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    package = "deepxde" if column == "deepxde" else "pdedsl"
    return f"{package} {importlib.metadata.version(package)}"


class Store:
    """The cells of a file; every change is written at once, whole or not at all.

    Args:
        path: the file, which need not be there yet; None keeps the cells in memory.

    Raises:
        StoreError: the file is not one that this class writes.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.cells: list[Cell] = []
        if path is not None and path.exists():
            try:
                self.cells = [
                    _cell(entry) for entry in json.loads(path.read_text("utf-8"))["cells"]
                ]
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(f"{path} holds no cells of this benchmark: {error}") from error

    def done(self, key: Key) -> bool:
        """Whether the cell is there and need not be run again; one that broke down does."""
        return any(cell.key == key and cell.status != FAILED for cell in self.cells)

    def put(self, cell: Cell) -> None:
        """Add a cell at the end, in place of one with the same key, and write the file.

        Raises:
            OSError: the file cannot be written; the old one is left as it was.
        """
        cells = [*(old for old in self.cells if old.key != cell.key), cell]
        if self._path is not None:
            data = {"cells": [asdict(each) for each in cells]}
            write_text(self._path, json.dumps(data, indent=1, allow_nan=False) + "\n")
        self.cells = cells

    def latest(self, spec: str, column: Column, budget: float, seed: int) -> Cell | None:
        """The cell that was written last, of whatever version."""
        for cell in reversed(self.cells):
            key = cell.key
            if (key.spec, key.column, key.budget, key.seed) == (spec, column, budget, seed):
                return cell
        return None

    def specs(self, budget: float, seed: int, columns: Sequence[Column] = COLUMNS) -> list[str]:
        """Names of the specs that have a cell, in order."""
        return sorted(
            {
                cell.key.spec
                for cell in self.cells
                if (cell.key.budget, cell.key.seed) == (budget, seed) and cell.key.column in columns
            }
        )

    def budgets(self) -> list[tuple[float, int]]:
        """Pairs of budget and seed that have cells."""
        return sorted({(cell.key.budget, cell.key.seed) for cell in self.cells})


def _cell(data: dict[str, Any]) -> Cell:
    curve = [(float(seconds), float(error)) for seconds, error in data["curve"]]
    return Cell(**{**data, "key": Key(**data["key"]), "curve": curve})
