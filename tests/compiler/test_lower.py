"""Laws are planned once for a solve, whatever is tried on the way."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.compiler import build, unsupported
from pdedsl.compiler.lowering import lower as passes
from pdedsl.compiler.lowering.lower import lower
from pdedsl.diagnostics import UserError

# Its solution needs a few sizes of a basis, and that of a line only one.
LADDER = """
domain O: (x, y) in [-1, 1]^2
unknown u(x, y)
let us = exp(sin(2*x + y))
eq: lap(u) = lap(us)
bc: u = us  on boundary
"""
LINE = """
domain O: (x, y) in [-1, 1]^2
unknown u(x, y)
eq: lap(u) = 0
bc: u = x  on boundary
"""
EVOLUTION = """
domain O: x in [0, 1]
time t in [0, 0.1]
unknown u(x, t)
eq: u_t = u_xx - u^3
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
"""
REFUSED = """
domain A: x in [0, 1]
domain B: y in [0, 1]
unknown u(x) in A, v(y) in B
eq: u_xx = 0  in A
eq: v_yy = 0  in B
"""


@pytest.mark.parametrize("text", [LADDER, LINE, EVOLUTION])
def test_a_solve_plans_every_law_once(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    planned, made = [], passes.plan
    monkeypatch.setattr(
        passes, "plan", lambda p, g, name, e: planned.append(name) or made(p, g, name, e)
    )
    problem = pdedsl.parse(text)
    solution = pdedsl.solve(problem, budget=6)
    assert solution.outcome.iterations
    assert sorted(planned) == sorted(law.label for law in problem.laws)


def test_systems_share_the_plans_of_their_problem() -> None:
    lowered = lower(pdedsl.parse(LINE))
    one, other = build(lowered), build(lowered, {"kind": "basis"})
    for first, second in zip(one.blocks, other.blocks, strict=True):
        assert first.plan is second.plan is lowered.plans[first.label]


def test_a_problem_is_refused_with_all_reasons() -> None:
    problem = pdedsl.parse(REFUSED)
    with pytest.raises(UserError) as caught:
        lower(problem)
    assert list(caught.value.diagnostics) == unsupported(problem)
    assert {d.code for d in unsupported(problem)} == {"E901"}
