"""Errors on the gallery within a budget: `auto`, a network, and DeepXDE, beside published figures.

Run as ``python -m tests.benchmarks.accuracy`` on a machine with nothing else to do; threads as
``OMP_NUM_THREADS`` says. Each cell runs in a process of its own. With ``--output FILE.json``
every finished cell is kept, and a cell that the file has is not run again, so that a long run can
be done in pieces; ``--table FILE.json`` prints the table of such a file.

- auto: ``pdedsl solve FILE --budget B``;
- network: the same with ``--model mlp``;
- deepxde: Adam (learning rate 1e-3) for half of the budget, then L-BFGS, in double precision.

The budget of pdedsl is that of the training, its seconds are all of them, the choice of a method
among them. Errors are relative L2 errors at the same points for all. Network and DeepXDE run where
there are figures to be held against, `auto` runs on every spec.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.benchmarks.peers.deepxde_problems import PROBLEMS

from .accuracy_cell import SPECS, installed, run_cell
from .accuracy_store import COLUMNS, Cell, Column, Key, Store, StoreError, version_of
from .accuracy_tables import error_text, report, seconds_text
from .published import FIGURES


def gallery() -> list[str]:
    """Names of all specs."""
    return sorted(path.stem for path in SPECS.glob("*.pde"))


def wanted(specs: Iterable[str], columns: Sequence[Column], budget: float, seed: int) -> list[Key]:
    """The cells of some specs: all columns where there are figures, else `auto` alone."""
    keys = []
    for spec in specs:
        for column in columns:
            if column != "auto" and spec not in FIGURES:
                continue
            if column == "deepxde" and spec not in PROBLEMS:
                continue
            keys.append(Key(spec, column, budget, seed, version_of(column)))
    return keys


def fill(
    store: Store,
    keys: Iterable[Key],
    run: Callable[[Key], Cell] = run_cell,
    said: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True),
    again: bool = False,
) -> None:
    """Run the cells that are not in the store, or all, and put each into it as it ends."""
    for key in keys:
        name = f"{key.spec}, {key.column}, {key.budget:g} s"
        if store.done(key) and not again:
            said(f"{name}: there already")
            continue
        cell = run(key)
        store.put(cell)
        said(f"{name}: {error_text(cell)} in {seconds_text(cell)} s, {cell.status}")


def present(columns: Sequence[Column]) -> list[Column]:
    """The columns without DeepXDE where it is not installed."""
    if "deepxde" in columns and not installed("deepxde"):
        print("DeepXDE is not installed: its column is left out", file=sys.stderr)
        return [column for column in columns if column != "deepxde"]
    return list(columns)


def names(allowed: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads a list such as ``a,b``."""

    def read(text: str) -> list[str]:
        found = text.split(",")
        if unknown := [name for name in found if name not in allowed]:
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(unknown)}; expected some of {', '.join(allowed)}"
            )
        return found

    return read


def seconds(text: str) -> float:
    """A positive number of seconds."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, got {text}")
    return found


def parser(summary: str, specs: Sequence[str]) -> argparse.ArgumentParser:
    """The options that `time_to_error` takes as well.

    Args:
        summary: what the benchmark does.
        specs: those that it runs on if none are named.
    """
    made = argparse.ArgumentParser(description=summary)
    made.add_argument("--specs", type=names(specs), default=list(specs), metavar="A,B",
                      help="some of the specs")  # fmt: skip
    made.add_argument("--budget", type=seconds, default=60.0, metavar="SECONDS")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--again", action="store_true",
                      help="run what the file has too, as after a change of the code")  # fmt: skip
    place = made.add_mutually_exclusive_group()
    kept = "keep every finished cell there; what it has is not run again"
    shown = "print the table of such a file, and run nothing"
    place.add_argument("--output", type=Path, metavar="FILE", help=kept)
    place.add_argument("--table", type=Path, metavar="FILE", help=shown)
    return made


def opened(options: argparse.Namespace) -> Store:
    """The store that the options name.

    Raises:
        SystemExit: there is no such file, or it is another one.
    """
    if options.table is not None and not options.table.exists():
        raise SystemExit(f"there is no file {options.table}")
    try:
        return Store(options.table or options.output)
    except (StoreError, OSError) as error:
        raise SystemExit(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing and print the tables; 1 where a cell broke down."""
    made = parser(__doc__.splitlines()[0], gallery())
    made.add_argument("--columns", type=names(COLUMNS), default=list(COLUMNS), metavar="A,B",
                      help=f"some of {', '.join(COLUMNS)}")  # fmt: skip
    options = made.parse_args(arguments)
    store = opened(options)
    keys: list[Key] = []
    if options.table is None:
        keys = wanted(options.specs, present(options.columns), options.budget, options.seed)
        fill(store, keys, again=options.again)
    try:
        print(report(store, options.budget, options.seed, options.specs), end="")
    except ValueError as error:
        raise SystemExit(str(error)) from error
    return int(any(not store.done(key) for key in keys))


if __name__ == "__main__":
    sys.exit(main())
