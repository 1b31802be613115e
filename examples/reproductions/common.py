"""What the reproductions share: options, solves at a scale, rows of results, files of them.

A script defines ``measure``, which takes a `Study` and yields a `Row` for each figure, and ends
with::

    REPRODUCTION = Reproduction(__file__, "Title", "Authors, arXiv number", measure)

    if __name__ == "__main__":
        REPRODUCTION.main()

Run as ``python -m examples.reproductions.NAME --scale 0.1 --out FOLDER`` at the top of the
repository; the folder gets ``NAME.json`` and pictures whose names begin with ``NAME``. Work is
counted in iterations, so that the figures do not depend on the speed of the machine; only ``auto``
has seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

import pdedsl
from pdedsl.ir import Problem
from pdedsl.results import Solution
from pdedsl.runs import clean, dumps, write_text
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method
from pdedsl.solution.planning import plan
from pdedsl.solution.solving import solve_with

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPECS = Path(__file__).parents[2] / "specs"
_LEAST_SECONDS = 0.5  # a choice: auto has an answer by then, if no good one

_DPI, _COLOURS = 110, 256

Value = float | str | None


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Args:
        case: what is measured, such as ``"Helmholtz, M1: relative L2 error"``.
        published: the figure of the source, a text where it has words; None where it has none.
        ours: the figure at this scale; None where there is none.
        auto: the figure by ``auto``; None where that makes no sense.
        how: what ours is by, such as ``"m1, 4,000 steps, 60 s"``; see `how`.
        remark: why ours differs from the published figure, or that the reason is unknown.
    """

    case: str
    published: Value
    ours: Value
    auto: Value = None
    how: str = ""
    remark: str = ""


@dataclass
class Study:
    """A scale, and the solves and pictures made at it.

    Args:
        scale: 1 for some minutes on two cores; iterations and seconds are proportional to it.
        folder: where pictures go; None to keep none.
        name: of the script, with which the names of the pictures begin.
        with_auto: whether ``auto`` is run too.
    """

    scale: float = 1.0
    folder: Path | None = None
    name: str = ""
    with_auto: bool = True
    pictures: list[str] = field(default_factory=list)

    def count(self, number: int, least: int = 1) -> int:
        """As many iterations, points or the like as ``number`` at scale 1."""
        return max(least, round(number * self.scale))

    def solve(
        self,
        problem: Problem,
        method: str,
        iterations: int | Sequence[int],
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> Solution:
        """Train with a preset.

        Args:
            problem: such as `spec` gives.
            method: a preset or a TOML file.
            iterations: at scale 1, of all stages together, or those of each stage in order.
            settings: changes such as ``{"model.width": 64}``.
            seed: of the points and of the first guess.
        """
        changes = tuple((settings or {}).items())
        if isinstance(iterations, int):
            made = plan(
                problem, method, iterations=self.count(iterations), settings=changes, seed=seed
            )
            return Solution.of(solve_with(made))
        counts = [self.count(number) for number in iterations]
        chosen = _with_counts(load_method(method, dict(changes))[0], counts)
        solution = Solution.of(solve_with(plan(problem, chosen, seed=seed)))
        solution.provenance = replace(solution.provenance, method=method)
        return solution

    def auto(
        self,
        problem: Problem,
        seconds: float = 30.0,
        figure: Callable[[Solution], float] | None = None,
    ) -> float | None:
        """What ``auto`` reaches in so many seconds at scale 1; None where it is left out.

        Args:
            problem: such as `spec` gives.
            seconds: its budget at scale 1.
            figure: of the solution; `error` unless given.
        """
        if not self.with_auto:
            return None
        solution = pdedsl.solve(problem, budget=max(_LEAST_SECONDS, seconds * self.scale))
        return (figure or error)(solution)

    def keep(self, figure: Figure, label: str) -> None:
        """Write a picture ``NAME_LABEL.png`` into the folder, small enough to be kept with it."""
        if self.folder is None:
            return
        path = self.folder / f"{self.name}_{label}.png"
        figure.savefig(path, dpi=_DPI, bbox_inches="tight", pad_inches=0.06)
        with Image.open(path) as picture:
            few = picture.convert("RGB").quantize(_COLOURS)
        few.save(path, optimize=True)
        self.pictures.append(path.name)


def _with_counts(method: Method, counts: Sequence[int]) -> Method:
    """The method with so many iterations in each of its stages."""
    stages = tuple(
        stage.model_copy(update={"iterations": count, "share": None})
        for stage, count in zip(method.stages, counts, strict=True)
    )
    schedule = method.schedule.model_copy(update={"stages": stages})
    return method.model_copy(update={"schedule": schedule})


def spec(name: str, **params: float) -> Problem:
    """A problem of the gallery, with other values of its parameters."""
    return pdedsl.load(SPECS / f"{name}.pde", params)


def error(solution: Solution, field_name: str | None = None) -> float:
    """The relative L2 error of a field or component, or the largest of all; NaN if one is."""
    errors = solution.errors or {}
    if field_name is not None:
        return errors[field_name]["rel_l2"]
    return float(np.max([entry["rel_l2"] for entry in errors.values()] or [math.nan]))


def how(solution: Solution) -> str:
    """Method, iterations and seconds."""
    ended = solution.outcome
    return f"{solution.provenance.method}, {ended.iterations:,} steps, {ended.seconds:.0f} s"


def machine() -> dict[str, Any]:
    """Cores of this process, threads of torch, and the versions that decide the numbers."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cores": cores,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "pdedsl": pdedsl.__version__,
    }


@dataclass(frozen=True)
class Reproduction:
    """A script: what it reproduces, and how.

    Args:
        file: ``__file__`` of the script.
        title: the heading of its rows in the table.
        source: authors and where it was published.
        measure: yields the rows.
    """

    file: str
    title: str
    source: str
    measure: Callable[[Study], Iterable[Row]]

    @property
    def name(self) -> str:
        """Of the script, without folder and ending."""
        return Path(self.file).stem

    def run(
        self, scale: float = 1.0, folder: Path | None = None, with_auto: bool = True
    ) -> dict[str, Any]:
        """Measure, print each row as it comes, and write ``NAME.json`` and pictures.

        Args:
            scale: see `Study`.
            folder: made where it is missing; None to write nothing.
            with_auto: see `Study`.

        Returns:
            What is written: title, source, scale, date, machine, seconds, rows, pictures.
        """
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        study = Study(scale, folder, self.name, with_auto)
        print(f"{self.title}, at scale {scale:g}", flush=True)
        began, rows = time.monotonic(), []
        for row in self.measure(study):
            print(f"  {line(row)}", flush=True)
            rows.append(asdict(row))
        result: dict[str, Any] = clean({
            "name": self.name,
            "title": self.title,
            "source": self.source,
            "scale": scale,
            "date": date.today().isoformat(),
            "machine": machine(),
            "seconds": time.monotonic() - began,
            "rows": rows,
            "pictures": study.pictures,
        })  # fmt: skip
        if folder is not None:
            write_text(folder / f"{self.name}.json", dumps(result))
        return result

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """`run` with the options of the command line."""
        parser = argparse.ArgumentParser(description=f"{self.title} ({self.source}).")
        add_options(parser)
        options = parser.parse_args(arguments)
        self.run(options.scale, options.out)


def add_options(parser: argparse.ArgumentParser) -> None:
    """``--scale`` and ``--out``."""
    scale = "1 (default) takes minutes on two cores; iterations are proportional to it"
    parser.add_argument("--scale", type=_positive, default=1.0, metavar="NUMBER", help=scale)
    out = "write the result as JSON, and pictures, into this folder"
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=out)


def _positive(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
    return found


def line(row: Row) -> str:
    """A row as text."""
    parts = [f"published {number(row.published)}", f"ours {number(row.ours)}"]
    parts += [f"auto {number(row.auto)}"] if row.auto is not None else []
    return f"{row.case}: {', '.join(parts)}" + (f" ({row.how})" if row.how else "")


def number(value: Value) -> str:
    """Three digits of a number; a text as it is; a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return str(value)
    if 1e3 <= abs(value) < 1e4:
        return f"{value:,.0f}"
    if value == 0 or 1e-2 <= abs(value) < 1e3:
        return f"{value:#.3g}".rstrip(".")
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def read(path: Path) -> dict[str, Any]:
    """A result that `Reproduction.run` wrote."""
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result
