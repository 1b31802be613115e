"""Residuals and the gradients of their mean squares: pdedsl beside torch, DeepXDE and JAX.

Run as ``python -m tests.benchmarks.derivatives`` in an environment with the extra ``bench``; peers
that are not installed are said to be so. All start from the same weights and points, each result
is checked against that of pdedsl before anything is timed, and the candidates take turns. The
network is 2-64-64-64-64-1 with tanh. Where nested differentiation would take more than 20 seconds
or 8 GB, the points are fewer, and the table says so.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from tests.benchmarks.peers.cases import Case
from tests.benchmarks.peers.comparison import Outcome, Plan, compare
from tests.benchmarks.peers.options import chosen, parser, settle
from tests.benchmarks.peers.table import console, long_table, short_table, write_json

from .peers import roster

CASES = {
    "laplacian": Case("laplacian", "laplacian"),
    "burgers": Case("burgers", "burgers"),
    "kdv": Case("kdv", "kdv"),
    "biharmonic": Case("biharmonic", "biharmonic"),
    "laplacian_10d": Case("laplacian_10d", "laplacian", inputs=10),
    "modified_mlp": Case("modified_mlp", "laplacian", model="modified_mlp"),
}
POINTS = {"laplacian": [1_000, 10_000, 100_000]}
QUICK = 1_000


def selected(name: str, points: list[int] | None, quick: bool) -> list[Case]:
    """A case at its numbers of points."""
    counts = points or POINTS.get(name, [CASES[name].points])
    if quick and not points:
        counts = sorted({min(count, QUICK) for count in counts})
    return [replace(CASES[name], points=count) for count in counts]


def main() -> int:
    """Print the tables; 1 where a candidate was wrong or broke down."""
    options = parser(__doc__.splitlines()[0], list(CASES)).parse_args()
    settle(options)
    names = chosen(list(roster.ROSTER), options.candidates, "pdedsl")
    page = console()
    outcomes: list[Outcome] = []
    for name in options.case:
        for case in selected(name, options.points, options.quick):
            for dtype in options.dtype:
                plan = Plan(
                    roster.__name__, names, dtype, options.rounds, options.threads,
                    options.memory, roster.PROBED, roster.REDUCERS,
                )  # fmt: skip
                with page.status(f"{name}, {case.points:,} points, {dtype}"):
                    outcome = compare(case, plan)
                outcomes.append(outcome)
                title = f"{name}, {outcome.case.points:,} points, {dtype}: loss and gradient"
                page.print(long_table(outcome, title))
    page.print(short_table(outcomes, roster.GROUPS, "The fastest of each (ratio to pdedsl)"))
    if options.json:
        write_json(options.json, outcomes, options.threads, rounds=options.rounds,
                   allocator=options.allocator)  # fmt: skip
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
