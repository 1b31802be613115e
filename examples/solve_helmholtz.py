"""Solve a spec from Python: errors, values, derivatives, pictures.

Run as ``python examples/solve_helmholtz.py [seconds] [folder for pictures]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pdedsl

SPEC = Path(__file__).parents[1] / "specs" / "helmholtz.pde"


def main(budget: float = 30.0, folder: str | None = None) -> float:
    """Solve, print what was found, and return the relative L2 error."""
    problem = pdedsl.load(SPEC)
    solution = pdedsl.solve(problem, budget=budget, seed=0)
    print(f"method: {solution.provenance.method}, because {solution.provenance.why}")
    print(f"u(0.5, 0.125) = {float(solution(x=0.5, y=0.125)):.12f}  (exactly 1)")
    u_xx = solution.derivative("u_xx")
    print(f"u_xx(0.5, 0.125) = {float(u_xx(x=0.5, y=0.125)):.8f}  (exactly -pi^2)")
    errors = solution.errors
    assert errors is not None
    print(f"relative L2 error {errors['u']['rel_l2']:.2e}, largest {errors['u']['linf']:.2e}")
    if folder is not None:
        solution.plot(folder)
    return errors["u"]["rel_l2"]


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(float(arguments[0]) if arguments else 30.0, *arguments[1:2])
