"""Run as ``python -m tests.benchmarks.practice``: problems as people bring them, by ``auto``.

Every case goes through the command line as it stands. Words choose kinds, and cases by words in
their names: ``python -m tests.benchmarks.practice starts "rod put"``. The table can be
written to a file.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.truth.case import Case
from tests.benchmarks.truth.run import Verdict, judge

from .kinds import cases

_VERDICTS = ("right", "told", "alarm", "WRONG", "BROKEN")
_COLUMNS = ("kind", "problem", "known value", "ours", "relative error", "estimate", "seconds",
            "status", "verdict")  # fmt: skip
_HEAD = f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve the cases one after another; 1 where one is wrong and called right."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("words", nargs="*", help="kinds, or words in names; default: all")
    made.add_argument("--budget", type=float, default=60.0, metavar="SECONDS")
    made.add_argument("--reasons", action="store_true", help="print what is said of each")
    made.add_argument("--output", type=Path, metavar="FILE", help="write the tables there, too")
    given = made.parse_args(arguments)
    lines, counts = [_HEAD], dict[str, Counter[str]]()
    print(_HEAD, flush=True)
    for case in cases(given.words):
        found = judge(case, given.budget)
        counts.setdefault(case.kind, Counter())[found.word] += 1
        lines.append(_row(case, found))
        print(lines[-1], flush=True)
        if given.reasons:
            print(f"    {found.reason[:400]}", flush=True)
    lines += ["", f"| kind | {' | '.join(_VERDICTS)} |", f"|{'---|' * (1 + len(_VERDICTS))}"]
    lines += [
        f"| {kind} | {' | '.join(str(own[word]) for word in _VERDICTS)} |"
        for kind, own in counts.items()
    ]
    print("\n".join(lines[-len(counts) - 3 :]))
    if given.output:
        given.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if any(own["WRONG"] or own["BROKEN"] for own in counts.values()) else 0


def _row(case: Case, found: Verdict) -> str:
    """The values are those of the point at which the result is farthest from the truth."""
    known = ours = "none" if not case.truths else "–"
    if case.truths:
        worst = max(range(len(case.truths)), key=lambda i: case.errors(found.values)[i]) if (
            found.values
        ) else 0  # fmt: skip
        truth = case.truths[worst]
        place = ", ".join(f"{name} = {value:.4g}" for name, value in truth.at.items())
        known = f"{truth.field}{f'({place})' if place else ''} = {truth.value:.8g}"
        ours = f"{found.values[worst]:.8g}" if found.values else "–"
    numbers = ["–" if x is None else f"{x:.1e}" for x in (found.error, found.estimate)]
    cells = [case.kind, case.name, known, ours, *numbers, f"{found.seconds:.1f}"]
    return f"| {' | '.join([*cells, found.status, found.word])} |"


if __name__ == "__main__":
    raise SystemExit(main())
