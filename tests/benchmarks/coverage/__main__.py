"""Run as ``python -m tests.benchmarks.coverage``: how often stated intervals hold the truth.

Each problem is solved with many draws of the noise. Of 200 intervals of 95 % between 184 and 196
hold it, or the intervals are wrong (two deviations of chance either way). Words in names choose.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.stats import t as student

import pdedsl

from .cases import CASES, Case


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each number."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("words", nargs="*", help="words in names; default: all")
    made.add_argument("--draws", type=int, default=200)
    made.add_argument("--budget", type=float, default=30.0, metavar="SECONDS")
    given = made.parse_args(arguments)
    heads = "problem | number | truth | mean | mean deviation | scatter | held | told | seconds"
    print(f"| {heads} |\n|{'---|' * 9}", flush=True)
    for case in CASES:
        if not given.words or any(word in case.name for word in given.words):
            _measure(case, given.draws, given.budget)
    return 0


def _measure(case: Case, draws: int, budget: float) -> None:
    """Solve a case with every draw; those that are told to be wrong count as told alone."""
    began, told, found, rows = time.monotonic(), 0, [], 1
    for seed in range(draws):
        columns = case.draw(np.random.default_rng(seed))
        rows = sum(len(own) for name, own in columns.items() if name not in ("x", "t"))
        with tempfile.TemporaryDirectory() as folder:
            table = np.stack(list(columns.values()), axis=1)
            heads = ",".join(columns)
            np.savetxt(Path(folder) / "probe.csv", table, "%.17g", ",", header=heads, comments="")
            path = Path(folder) / "fit.pde"
            path.write_text(case.text, encoding="utf-8")
            solution = pdedsl.solve(path, budget=budget, seed=seed)
        if solution.finding is not None or not solution.number_deviations:
            told += 1
            continue
        found.append([(solution.numbers[k], solution.number_deviations[k]) for k in case.truth])
    values = np.array(found).reshape(-1, len(case.truth), 2)
    seconds = (time.monotonic() - began) / draws
    quantile = float(student.ppf(0.975, max(rows - len(case.truth), 1)))
    for (name, truth), own in zip(case.truth.items(), np.moveaxis(values, 1, 0), strict=True):
        value, deviation = own.T
        held = int((abs(value - truth) <= quantile * deviation).sum())
        cells = [
            case.name, name, f"{truth:.6g}", f"{value.mean():.6g}", f"{deviation.mean():.2g}",
            f"{value.std():.2g}", f"{held} of {len(value)}", str(told), f"{seconds:.1f}",
        ]  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
