"""How good the estimates of errors are: estimate over truth, where the truth is known.

Run as ``python -m tests.benchmarks.effectivity``. Every spec with a known solution is solved by
polynomials of a low and of a middle degree, by a small network, and by ``auto``; the solver and the
estimate see the problem without its ``exact`` and ``reference``. An entry of the table has the
error of the component whose estimate is farthest off and the ratio, or the part of the residual
that is left where there is no estimate; what is at the level of rounding, or below the digits of a
reference, has no ratio. Where a table has rows that are no grid, the estimated error is taken at
these, as the truth is: their mean is no integral (1.12 times that of poisson_hole, whose rows are
closer together around its hole). The line below says how many ratios lie within 0.67 and 1.5, and
the least.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

import pdedsl
from pdedsl.ir import Problem
from pdedsl.solution.errors import field_errors
from pdedsl.solution.known import Known, known_values
from tests.conftest import ROOT

LOW, HIGH, LEAST = 0.67, 1.5, 0.5
FLOOR = 1e-13  # of the truth, below which a ratio is one of two roundings
DIGITS = 1e-7  # of tables of references
GOOD = ("four_dimensions", "integral_gauge", "matrices", "parameter_range")
ACCURACIES: dict[str, dict[str, object]] = {
    "degree 5": {
        "model": {"kind": "basis", "modes": 5, "index": "total"}, "optimizer": {"kind": "lstsq"}
    },
    "degree 10": {
        "model": {"kind": "basis", "modes": 10, "index": "total"}, "optimizer": {"kind": "lstsq"}
    },
    "network": {
        "model": {"kind": "mlp", "width": 16, "depth": 2},
        "optimizer": {"kind": "lm", "iterations": 40},
        "weights": {"bc": 100.0, "ic": 100.0},
    },
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One solution: ``ratio`` is NaN where there is no estimate, or none is due."""

    spec: str
    how: str
    truth: float
    estimate: float
    ratio: float
    left: float
    seconds: float

    @property
    def cell(self) -> str:
        """The entry of the table: the truth with the ratio, or why there is none."""
        if not math.isnan(self.ratio):
            return f"{self.truth:.1e}: {self.ratio:.2f}"
        if math.isnan(self.estimate):
            part = "–" if math.isnan(self.left) else f"{100 * min(self.left, 1):.0f} % left"
            return f"{self.truth:.1e}: {part}"
        return f"{self.truth:.1e}: rounding"


def problems(names: Sequence[str]) -> Iterator[tuple[str, Problem]]:
    """The specs of the gallery and of the golden good ones with a known solution."""
    paths = sorted((ROOT / "specs").glob("*.pde"))
    paths += [ROOT / "tests/golden/good" / f"{name}.pde" for name in GOOD]
    for path in paths:
        if names and path.stem not in names:
            continue
        problem = pdedsl.load(path)
        if known_values(problem):
            yield path.stem, problem


def method_of(problem: Problem, how: str) -> pdedsl.Method | str:
    """The method of an accuracy."""
    if how == "auto":
        return "auto"
    given = dict(ACCURACIES[how])
    kinds = {law.kind for law in problem.laws}
    if "weights" in given:
        weights = given["weights"]
        assert isinstance(weights, dict)
        given["weights"] = {kind: w for kind, w in weights.items() if kind in kinds}
    return pdedsl.Method.model_validate(given)


def measure(name: str, problem: Problem, how: str, budget: float) -> Row | None:
    """Solve without the known solution, and compare; None where it cannot be solved so."""
    blind = replace(problem, exact=(), references=())
    began = time.perf_counter()
    try:
        solution = pdedsl.solve(blind, method=method_of(problem, how), budget=budget)
    except pdedsl.UserError as error:
        print(f"{name}, {how}: {str(error).splitlines()[0]}", file=sys.stderr)
        return None
    seconds = time.perf_counter() - began
    known = known_values(problem)
    errors = field_errors(problem, known, [solution.at(entry.points) for entry in known])
    floor = FLOOR if problem.exact else DIGITS
    estimate = solution.estimate
    worst = max(errors, key=lambda key: errors[key]["rel_l2"])
    truth = errors[worst]["rel_l2"]
    if estimate is None or not estimate.fields:
        left = math.nan if estimate is None else estimate.left
        return Row(name, how, truth, math.nan, math.nan, left, seconds)
    estimated = {key: own.relative for key, own in estimate.fields.items()}
    estimated |= _at_rows(problem, solution, known)
    ratios = {
        key: estimated[key] / own["rel_l2"]
        for key, own in errors.items()
        if own["rel_l2"] > floor and key in estimated and not estimate.at_rounding
    }
    if not ratios:
        found = estimated[worst]
        return Row(name, how, truth, found, math.nan, estimate.left, seconds)
    far = max(ratios, key=lambda key: abs(math.log(max(ratios[key], 1e-300))))
    truth = errors[far]["rel_l2"]
    return Row(name, how, truth, estimated[far], ratios[far], estimate.left, seconds)


def _at_rows(
    problem: Problem, solution: pdedsl.Solution, known: Sequence[Known]
) -> dict[str, float]:
    """By component the relative norm of the estimated error at rows whose weights are all alike."""
    if problem.exact or any(np.ptp(entry.weights) for entry in known):
        return {}
    own = [solution.at(entry.points) for entry in known]
    errors = [solution.estimated_errors(entry.points) for entry in known]
    if not all(errors):
        return {}
    better = [
        replace(entry, values={k: values[k] + found[k] for k in entry.values})
        for entry, values, found in zip(known, own, errors, strict=True)
    ]
    return {key: e["rel_l2"] for key, e in field_errors(problem, better, own).items()}


def verdict(rows: Sequence[Row]) -> str:
    """How many ratios are good, and the least of them."""
    ratios = [row.ratio for row in rows if not math.isnan(row.ratio)]
    if not ratios:
        return "No ratios."
    good = sum(LOW <= ratio <= HIGH for ratio in ratios)
    none = sum(math.isnan(row.estimate) for row in rows)
    return (
        f"{good} of {len(ratios)} ratios lie within {LOW} and {HIGH} "
        f"({100 * good / len(ratios):.0f} %), the least is {min(ratios):.2f}, the largest "
        f"{max(ratios):.2f}; {none} of {len(rows)} solutions have no estimate."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where an estimate is below half of the truth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("specs", nargs="*")
    parser.add_argument("--budget", type=float, default=15.0, metavar="SECONDS")
    parser.add_argument(
        "--how", nargs="*", choices=[*ACCURACIES, "auto"], default=[*ACCURACIES, "auto"]
    )
    given = parser.parse_args(arguments)
    print(f"| spec | {' | '.join(given.how)} |\n|{'---|' * (len(given.how) + 1)}")
    rows: list[Row] = []
    for name, problem in problems(given.specs):
        found = [measure(name, problem, how, given.budget) for how in given.how]
        rows += [row for row in found if row is not None]
        cells = ("–" if row is None else row.cell for row in found)
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"\n{verdict(rows)}")
    return int(any(row.ratio < LEAST for row in rows))


if __name__ == "__main__":
    sys.exit(main())
