"""The weak form on elements against the strong form, on a solution with a steep front."""

from __future__ import annotations

from collections.abc import Iterator

import pdedsl

from .common import Reproduction, Row, Study, error, how

STEPS = 10_000
STEEP = """problem "Poisson's equation with a steep front"
domain  Omega: (x, y) in [-1, 1]^2
unknown u(x, y)
let us = (0.1*sin(2*pi*x) + tanh(10*x))*sin(2*pi*y)
eq: -lap(u) = -lap(us)
bc: u = us  on boundary
exact u = us
"""
# As many points as the weak form has nodes.
STRONG = {"form.kind": "strong", "sampling.points.eq": 1600}


def measure(study: Study) -> Iterator[Row]:
    """Both forms with the same network, optimizer and number of points in the domain."""
    problem = pdedsl.parse(STEEP)
    by_auto = study.auto(problem)
    weak = study.solve(problem, "hp_vpinn", STEPS)
    yield Row("steep Poisson, 4 × 4 elements, weak form", "in figures only", error(weak), by_auto,
              how(weak))  # fmt: skip
    strong = study.solve(problem, "hp_vpinn", STEPS, STRONG)
    yield Row("the same, strong form", "in figures only", error(strong), by_auto, how(strong))


REPRODUCTION = Reproduction(
    __file__, "hp-VPINN", "Kharazmi, Zhang and Karniadakis, arXiv 2003.05385", measure
)

if __name__ == "__main__":
    REPRODUCTION.main()
