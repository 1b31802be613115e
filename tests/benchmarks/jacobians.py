"""Dense Jacobians of the residual, Gram matrices and kernels: pdedsl beside torch.func and JAX.

Run as ``python -m tests.benchmarks.jacobians``. The residual is the Laplacian in the plane at 1,250
points, the network 2-w-w-w-1 with tanh, w = 20, 37, 69 for 921, 2,961 and 9,937 parameters.
Checks, turns and tables as in `derivatives`; JᵀJ and JJᵀ have times of their own, with the
Jacobian in them.
"""

from __future__ import annotations

import sys

from tests.benchmarks.peers.cases import Case
from tests.benchmarks.peers.comparison import Outcome, Plan, compare
from tests.benchmarks.peers.options import chosen, parser, settle
from tests.benchmarks.peers.table import console, long_table, short_table, write_json

from .peers import jacobian_roster as roster

WIDTHS = {"921": 20, "2961": 37, "9937": 69}
POINTS = 1_250
QUICK = 300


def main() -> int:
    """Print the tables; 1 where a candidate was wrong or broke down."""
    made = parser(__doc__.splitlines()[0], list(WIDTHS))
    made.add_argument("--quantity", nargs="+", choices=roster.QUANTITIES,
                      default=list(roster.QUANTITIES))  # fmt: skip
    options = made.parse_args()
    settle(options)
    page = console()
    outcomes: dict[roster.Quantity, list[Outcome]] = {quantity: [] for quantity in options.quantity}
    for name in options.case:
        for points in options.points or [QUICK if options.quick else POINTS]:
            case = Case(f"P = {name}", "laplacian", points=points, width=WIDTHS[name], depth=3)
            for dtype in options.dtype:
                for quantity in options.quantity:
                    wanted = [f"{quantity}: {beginning}" for beginning in options.candidates]
                    names = chosen(roster.names_of(quantity), wanted, f"{quantity}: pdedsl")
                    plan = Plan(
                        roster.__name__, names, dtype, options.rounds, options.threads,
                        options.memory,
                    )  # fmt: skip
                    with page.status(f"{case.name}, {case.points:,} points, {dtype}"):
                        outcome = compare(case, plan)
                    outcomes[quantity].append(outcome)
                    title = f"{quantity}, {case.name}, {points:,} points, {dtype}"
                    page.print(long_table(outcome, title))
    for quantity, found in outcomes.items():
        title = f"{quantity}: the fastest of each (ratio to pdedsl)"
        page.print(short_table(found, roster.groups_of(quantity), title))
    every = [outcome for found in outcomes.values() for outcome in found]
    if options.json:
        write_json(options.json, every, options.threads, rounds=options.rounds,
                   allocator=options.allocator)  # fmt: skip
    return int(any(outcome.failed for outcome in every))


if __name__ == "__main__":
    sys.exit(main())
