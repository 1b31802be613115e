"""R names the real numbers where an unknown is declared, and may name anything else."""

from __future__ import annotations

import pdedsl

EPIDEMIC = """time t in [0, 1]
unknown S(t) in R, R(t)
eq: S_t = -S
eq: R_t = S
ic: S = 1, R = 0  at t = 0
exact S = exp(-t), R = 1 - exp(-t)
"""


def test_an_unknown_may_be_called_r() -> None:
    problem = pdedsl.parse(EPIDEMIC)
    assert [field.name for field in problem.fields] == ["S", "R"]
    assert not problem.lints
    assert float(pdedsl.solve(problem, budget=5)(t=1.0)["R"]) > 0.63


def test_a_domain_may_be_called_r() -> None:
    text = "domain R: x in [0, 1]\nunknown u(x) in R\neq: u_xx = 1\nbc: u = 0  on boundary\n"
    assert [domain.name for domain in pdedsl.parse(text).domains] == ["R"]
