"""Run as ``python -m tests.benchmarks.pinnacle [NAME…]``: the 22 problems of PINNacle by ``auto``.

Names of specs, or words in them or in those of the publication, choose some. References that are
not known in closed form are computed once and kept in ``build/pinnacle``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .cases import Case, cases
from .run import Row, solve

_COLUMNS = ("problem", "spec", "published best", "ours", "reference good to", "estimate", "ending",
            "seconds")  # fmt: skip
_HEAD = f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve them one after another; 1 where one is called right and is worse than 1 %."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("words", nargs="*", help="names of specs, or words in names; default: all")
    made.add_argument("--budget", type=float, default=60.0, metavar="SECONDS")
    made.add_argument("--reasons", action="store_true", help="print method and reason of each")
    given = made.parse_args(arguments)
    print(_HEAD, flush=True)
    wrong = better = 0
    chosen = [c for c in cases() if _wanted(c, given.words)]
    for case in chosen:
        with TemporaryDirectory() as folder:
            found = solve(case, given.budget, Path(folder) / "run")
        print(line(case, found), flush=True)
        if given.reasons:
            print(f"    {found.method[:300]}\n    {found.reason[:400]}", flush=True)
        wrong += found.code == 0 and found.error is not None and found.error > 1e-2
        better += found.error is not None and found.error < case.best
    print(f"\n{better} of {len(chosen)} below the published best, {wrong} wrong and called right")
    return 1 if wrong else 0


def _wanted(case: Case, words: Sequence[str]) -> bool:
    if not words or case.name in words:
        return True
    return any(
        w in f"{case.name} {case.short}" for w in words if w not in {c.name for c in cases()}
    )


def line(case: Case, found: Row) -> str:
    """A row of the table."""
    error, estimate = ("–" if x is None else f"{x:.1e}" for x in (found.error, found.estimate))
    good = "–"
    if case.truth:
        accuracy = case.truth().accuracy
        good = f"{accuracy:.0e}" if accuracy else "closed form"
    cells = [case.short, case.name, f"{case.best:.2e}", error, good, estimate, found.status,
             f"{found.seconds:.1f}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    raise SystemExit(main())
