"""Run as ``python -m tests.benchmarks.twins``: specs in other units have the same solutions.

Every spec is solved as it stands and with lengths, times, fields, numbers and laws times random
powers of ten. The distance is the largest difference at points inside, over the largest value.
Words in the names of specs choose some.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from .twins import SPECS, distance

_SAME = 1e-8


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each spec; 1 where a twin has another solution."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("words", nargs="*", help="words in names; default: all")
    made.add_argument("--budget", type=float, default=20.0, metavar="SECONDS")
    made.add_argument("--seed", type=int, default=1)
    given = made.parse_args(arguments)
    chosen = [s for s in SPECS if not given.words or any(word in s for word in given.words)]
    print("| spec | distance | status | of the twin | seconds |\n|---|---|---|---|---|", flush=True)
    others = 0
    for spec in chosen:
        began = time.monotonic()
        found = distance(spec, given.seed, given.budget)
        others += not found.distance <= _SAME
        seconds = time.monotonic() - began
        cells = [spec, f"{found.distance:.1e}", found.plain, found.twin, f"{seconds:.1f}"]
        print(f"| {' | '.join(cells)} |", flush=True)
    return 1 if others else 0


if __name__ == "__main__":
    raise SystemExit(main())
