"""What the checks of a spec found, where a solve ends without a usable solution."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.settings.load import load_method
from pdedsl.solution.checks.spec_doubts import doubts
from pdedsl.training.watch import LONGER

HEAD = """domain  Omega: x in [0, pi]
time    t in [0, 1]
unknown u(x, t)
param   spare = 1
eq: u_tt = u_xx
bc: u = 0  on boundary
ic: u = sin(x)  at t = 0
"""
LATE = "ic late: u_t = 0  at t = 0\n"
SHORT = "lint[L103]: u needs two initial conditions and has one (add ic: u_t = … at t = 0)"


def _solved(text, budget=None, iterations=1):
    method, _ = load_method("adam", {"optimizer.iterations": iterations, "model.width": 4})
    return pdedsl.solve(pdedsl.parse(text), method, budget=budget)


def test_a_name_that_is_not_used_is_no_doubt():
    problem = pdedsl.parse(HEAD + LATE)
    assert [d.code for d in problem.lints] == ["L109"]
    assert doubts(problem) == ()
    assert doubts(pdedsl.parse(HEAD)) == (SHORT,)


def test_other_parameters_are_checked_again():
    text = "domain O: x in [0, pi]\nunknown u(x)\nparam k = 1.5\neq: u_xx + k^2*u = 1\n"
    problem = pdedsl.parse(text + "bc: u = 0  on boundary\n")
    assert doubts(problem) == ()
    (found,) = doubts(problem.with_params(k=2.0))
    assert found.startswith("lint[L107]: the factor of u is 4, an eigenvalue of the box")


def test_an_unusable_solution_of_a_doubtful_spec_names_the_lint():
    solution = _solved(HEAD.replace("on boundary", "on x = 0") + LATE)
    assert solution.failure is not None
    assert "; mend the spec first: lint[L101]: x = pi has no condition on u" in solution.failure
    assert "--budget" not in solution.failure
    short = _solved(HEAD).finding
    assert short is not None
    assert (short.status, short.text) == (
        "not unique",
        "u needs two initial conditions and has one; add ic: u_t = … at t = 0",
    )
    sound = _solved(HEAD + LATE)
    assert sound.failure is not None
    assert sound.failure.endswith("(--iterations, optimizer.iterations)")


def test_a_spent_budget_is_not_said_to_be_the_reason():
    doubtful = _solved(HEAD, budget=1e-6, iterations=1000)
    assert doubtful.outcome.status == "budget"
    assert not doubtful.usable
    assert LONGER not in doubtful.outcome.reason
    assert "is spent at a loss of" in doubtful.outcome.reason
    sound = _solved(HEAD + LATE, budget=1e-6, iterations=1000)
    assert sound.outcome.reason.endswith(LONGER)


KINK = """domain O: x in [0, 1]
unknown u(x)
let a = if(x < 0.4, 1, 10)
eq: -d(a*u_x, x) = 1
bc: u = 0  on boundary
"""


@pytest.mark.parametrize(
    ("text", "how", "doubtful"),
    [
        (KINK, {}, True),
        (KINK, {"domain": {"split": {"x": [0.5]}}}, True),
        (KINK, {"domain": {"split": {"x": [0.4]}}}, False),
        (KINK, {"form": {"kind": "weak"}}, False),
        (KINK.replace("1, 10", "x, 0.4"), {}, False),  # a bend
        (KINK.replace("d(a*u_x, x) = 1", "u_xx = a"), {}, False),
    ],
)
def test_a_jump_that_the_residual_has_lost_is_told(
    text: str, how: dict[str, object], doubtful: bool
) -> None:
    """The loss is at its minimum in each of these cases, so that it tells nothing."""
    method = pdedsl.Method(
        model={"kind": "basis", "modes": (6,)}, optimizer={"kind": "lstsq"}, **how
    )
    failure = pdedsl.solve(pdedsl.parse(text), method).failure
    assert ("--with form.kind=weak" in (failure or "")) == doubtful
