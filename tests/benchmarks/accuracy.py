"""Errors of `auto` on the gallery within a budget, as a table.

Run as ``python tests/benchmarks/accuracy.py [seconds] [spec …]`` on a machine with nothing else
to do; threads as ``OMP_NUM_THREADS`` says.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pdedsl
from pdedsl.compiler import unsupported

SPECS = Path(__file__).parents[2] / "specs"


def row(path: Path, budget: float) -> str:
    """Solve one spec and describe the result in a line of the table."""
    problem = pdedsl.load(path)
    if list(unsupported(problem)):
        return f"| {path.stem} | cannot be solved yet | | | |"
    start = time.perf_counter()
    solution = pdedsl.solve(problem, budget=budget, seed=0)
    seconds = time.perf_counter() - start
    errors = solution.errors or {}
    shown = ", ".join(f"{name} {e['rel_l2']:.1e}" for name, e in errors.items() if "[" not in name)
    numbers = ", ".join(f"{name} {value:.5g}" for name, value in solution.numbers.items())
    outcome = solution.outcome
    return f"| {path.stem} | {shown} | {numbers} | {outcome.status} | {seconds:.0f} |"


def main(budget: float, names: list[str]) -> None:
    """Print the table row by row."""
    print("| spec | relative L2 | numbers | end | seconds |\n|---|---|---|---|---|")
    for path in sorted(SPECS.glob("*.pde")):
        if not names or path.stem in names:
            print(row(path, budget), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, sys.argv[2:])
