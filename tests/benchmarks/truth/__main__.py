"""Run as ``python -m tests.benchmarks.truth``: a table of what was said of each problem.

Kinds, or words in the names of cases, choose some: ``python -m tests.benchmarks.truth features``.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from . import features, jumps, shapes, sizes, solvability
from .run import judge

_VERDICTS = ("right", "told", "alarm", "WRONG", "BROKEN")


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve the cases one after another; 1 where one is wrong and called right."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("words", nargs="*", help="kinds, or words in names; default: all")
    made.add_argument("--budget", type=float, default=20.0, metavar="SECONDS")
    given = made.parse_args(arguments)
    every = [
        case for room in (features, solvability, jumps, sizes, shapes) for case in room.cases()
    ]
    chosen = [
        c for c in every if not given.words or any(w in f"{c.kind} {c.name}" for w in given.words)
    ]
    print("| kind | case | verdict | status | error | seconds | what is said |")
    print("|---|---|---|---|---|---|---|", flush=True)
    counts: dict[str, Counter[str]] = {}
    for case in chosen:
        found = judge(case, given.budget)
        counts.setdefault(case.kind, Counter())[found.word] += 1
        error = "–" if found.error is None else f"{found.error:.1e}"
        cells = [case.kind, case.name, found.word, found.status, error, f"{found.seconds:.1f}"]
        print(f"| {' | '.join([*cells, found.reason[:160]])} |", flush=True)
    print(f"\n| kind | {' | '.join(_VERDICTS)} |\n|{'---|' * 6}")
    for kind, own in counts.items():
        print(f"| {kind} | {' | '.join(str(own[word]) for word in _VERDICTS)} |")
    return 1 if any(own["WRONG"] or own["BROKEN"] for own in counts.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
