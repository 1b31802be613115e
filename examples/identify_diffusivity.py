"""An inverse problem: the diffusivity of a rod from 400 noisy temperatures."""

from __future__ import annotations

import sys
from pathlib import Path

import pdedsl

SPEC = Path(__file__).parents[1] / "specs" / "heat_inverse.pde"


def main(budget: float = 20.0, iterations: int = 60) -> float:
    """Solve, print the number that was found beside the true one, and return it."""
    settings = [("optimizer.iterations", iterations)]
    solution = pdedsl.solve(pdedsl.load(SPEC), budget=budget, seed=0, settings=settings)
    kappa = solution.numbers["kappa"]
    print(f"kappa = {kappa:.5f}, exactly 0.1 (the noise allows about one per cent)")
    return kappa


if __name__ == "__main__":
    main(*(float(a) for a in sys.argv[1:2]))
