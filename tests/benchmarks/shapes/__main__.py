"""Run as ``python -m tests.benchmarks.shapes``: accuracy and time on shapes.

Every problem is solved by ``pdedsl.solve`` without options. Errors are those of the known solution,
of the table of a reference, or the distance from a fit with eight degrees more (marked *). Where
there are finite elements, the line has the finest P2 and P4 of scikit-fem, timed in the same run.
Words in the names of cases choose some.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np

import pdedsl
from pdedsl.choice.shapes.shape_method import shape_method
from pdedsl.geometry import domain_region
from pdedsl.ir import Problem

from . import finite_elements as fem
from .cases import Case, cases

_MORE = 8  # degrees of the finer fit
_POINTS = 4_000  # points at which two solutions are compared
_CHUNK = 20_000  # points that are evaluated at once


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each case; 1 where one misses its goal."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("words", nargs="*", help="words in names; default: all")
    made.add_argument("--budget", type=float, default=60.0, metavar="SECONDS")
    made.add_argument("--no-elements", action="store_true", help="leave finite elements out")
    given = made.parse_args(arguments)
    chosen = [c for c in cases() if not given.words or any(w in c.name for w in given.words)]
    print("| problem | goal | error | estimate | status | seconds | P2 | P4 |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    missed = 0
    for case in chosen:
        error, cells = _row(case, given.budget, not given.no_elements)
        missed += not error <= case.goal
        print(f"| {' | '.join(cells)} |", flush=True)
    return 1 if missed else 0


def _row(case: Case, budget: float, elements: bool) -> tuple[float, list[str]]:
    began = time.monotonic()
    solution = pdedsl.solve(case.problem, budget=budget)
    seconds = time.monotonic() - began
    finer = None if solution.errors else _finer(solution)
    error = _distance(solution, finer) if finer else max(
        e["rel_l2"] for e in solution.errors.values()
    )  # fmt: skip
    cells = [case.name, f"{case.goal:.0e}", f"{error:.1e}{'*' if finer else ''}",
             _estimate(solution), solution.status, f"{seconds:.1f}"]  # fmt: skip
    beside = elements and case.elements is not None
    cells += [_elements(case, e, finer) if beside else "–" for e in ("P2", "P4")]
    return error, cells


def _estimate(solution: pdedsl.Solution) -> str:
    found = None if solution.estimate is None else solution.estimate.relative
    return "–" if found is None else f"{found:.1e}"


def _finer(solution: pdedsl.Solution) -> pdedsl.Solution:
    """The same problem with more functions."""
    given = solution.provenance.settings
    degree = int(given["model"]["modes"]) + _MORE
    return pdedsl.solve(solution.problem, shape_method(solution.problem, degree, given["weights"]))


def _distance(solution: pdedsl.Solution, finer: pdedsl.Solution) -> float:
    points = _inside(solution.problem)
    one, other = (_values(s, *points.T) for s in (solution, finer))
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))


def _inside(problem: Problem) -> fem.Array:
    return domain_region(problem, problem.domains[0]).interior(_POINTS)


def _values(solution: pdedsl.Solution, x: fem.Array, y: fem.Array) -> fem.Array:
    parts = [
        np.asarray(solution(x=a, y=b)) for a, b in zip(
            np.array_split(x, 1 + len(x) // _CHUNK), np.array_split(y, 1 + len(x) // _CHUNK),
            strict=True,
        )
    ]  # fmt: skip
    return np.concatenate(parts)


def _elements(case: Case, element: str, finer: pdedsl.Solution | None) -> str:
    assert case.elements is not None

    def truth(x: fem.Array, y: fem.Array) -> fem.Array:
        if finer is None:
            return fem.smooth(x, y)
        return _values(finer, x.ravel(), y.ravel()).reshape(x.shape)

    best = fem.solve(case.elements, element, truth)[-1]
    return f"{best.error:.1e} ({best.unknowns:,} unknowns, {best.seconds:.1f} s)"


if __name__ == "__main__":
    raise SystemExit(main())
