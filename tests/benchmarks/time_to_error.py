"""How long pdedsl takes to DeepXDE's best error.

Run as ``python -m tests.benchmarks.time_to_error`` on a machine with nothing else to do. DeepXDE
trains for ``--deepxde-budget`` seconds as in `accuracy`; of its curve the least error counts, and
the time at which it was there first. The time of pdedsl runs from the start of ``pdedsl solve``:
choosing a method and compiling are in it, loading the libraries is not, for either. The cells are
kept in the same kind of file as those of `accuracy` (``--output``, ``--table``).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.peers.deepxde_problems import PROBLEMS

from .accuracy import fill, opened, parser, present, seconds, wanted
from .accuracy_store import Cell, Column, Store

SPECS = ("helmholtz", "burgers")
OURS: tuple[Column, ...] = ("network", "auto")
_NO_SOLUTION = 0.5  # zero has the error 1: to be as good as this is nothing to be timed
_HEAD = (
    "| spec | DeepXDE: best error | seconds | network: seconds | ratio | auto: seconds | ratio |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Best:
    """The least error of a run, and the seconds until it was there first."""

    error: float
    seconds: float


def best(cell: Cell) -> Best | None:
    """The least error of a cell's curve; None where it has none."""
    if not cell.curve:
        return None
    time, error = min(cell.curve, key=lambda point: (point[1], point[0]))
    return Best(error, cell.before + time)


def row(spec: str, peer: Cell | None, ours: Sequence[Cell | None]) -> str:
    """The line of a spec; a time that was not reached has no ratio, nor has one to no solution."""
    found = best(peer) if peer is not None else None
    if found is None:
        return f"| {spec} | {'not run' if peer is None else peer.status} | – | – | – | – | – |"
    if found.error >= _NO_SOLUTION:
        return f"| {spec} | {found.error:.1e}, no solution | – | – | – | – | – |"
    parts = [spec, f"{found.error:.1e}", f"{found.seconds:.1f}"]
    for cell in ours:
        time = cell.reached(found.error) if cell is not None else None
        if time is None:
            parts += ["not run" if cell is None else "not reached", "–"]
        else:
            parts += [f"{time:.2f}", f"{found.seconds / time:.3g}"]
    return f"| {' | '.join(parts)} |"


def table(
    store: Store, specs: Sequence[str], budget: float, deepxde_budget: float, seed: int
) -> str:
    """All lines, and what was run for how long."""
    lines = [_HEAD]
    for spec in specs:
        peer = store.latest(spec, "deepxde", deepxde_budget, seed)
        ours = [store.latest(spec, column, budget, seed) for column in OURS]
        lines.append(row(spec, peer, ours))
    text = f"Budgets: DeepXDE {deepxde_budget:g} s, pdedsl {budget:g} s; seed {seed}."
    return "\n".join(lines) + f"\n\n{text}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing and print the table; 1 where a cell broke down."""
    made = parser(__doc__.splitlines()[0], list(PROBLEMS))
    made.set_defaults(specs=list(SPECS))
    made.add_argument("--deepxde-budget", type=seconds, default=90.0, metavar="SECONDS")
    options = made.parse_args(arguments)
    store = opened(options)
    keys = []
    if options.table is None:
        peer = present(["deepxde"])
        keys = wanted(options.specs, peer, options.deepxde_budget, options.seed)
        keys += wanted(options.specs, OURS, options.budget, options.seed)
        fill(store, keys, again=options.again)
    print(table(store, options.specs, options.budget, options.deepxde_budget, options.seed), end="")
    return int(any(not store.done(key) for key in keys))


if __name__ == "__main__":
    sys.exit(main())
