"""Continuation in a parameter."""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

import pdedsl
from pdedsl.settings.method import Method

BRATU = """problem "Bratu"
param   lambda_ = 3
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_xx + lambda_*exp(u) = 0
bc: u = 0  on boundary
"""
BASIS = {"kind": "basis", "family": "chebyshev", "modes": 16}


def _method(**schedule: object) -> Method:
    return Method.model_validate({
        "model": BASIS,
        "optimizer": {"kind": "lstsq"},
        "sampling": {"kind": "gauss", "points": {"eq": 24}},
        "schedule": schedule,
    })  # fmt: skip


def test_the_branch_is_followed():
    """Along λ = 1, 2, 3 the lower branch of Bratu's problem: u(1/2) by its closed form."""
    method = _method(continuation={"parameter": "lambda_", "values": [1.0, 2.0]})
    reports: list[str] = []
    solution = pdedsl.solve(
        pdedsl.parse(BRATU), method, on_progress=lambda progress: reports.append(progress.note)
    )
    # u(x) = 2 ln(cosh τ / cosh τ(1 − 2x)) with the smaller root of τ = √(λ/8) cosh τ.
    tau = brentq(lambda t: t - math.sqrt(3 / 8) * math.cosh(t), 0.0, 1.1996786402577337)
    assert float(solution(x=0.5)) == pytest.approx(2 * math.log(math.cosh(tau)), rel=1e-9)
    assert any("lambda_ = 1" in note for note in reports)
    assert any("lambda_ = 2" in note for note in reports)


def test_a_continuation_begins_where_the_last_value_ended():
    near = _method(continuation={"parameter": "lambda_", "values": [2.99999]})
    problem = pdedsl.parse(BRATU)
    straight = pdedsl.solve(problem, _method()).outcome.iterations
    assert pdedsl.solve(problem, near).outcome.iterations < straight


def test_what_is_no_parameter_is_refused():
    method = _method(continuation={"parameter": "mu", "values": [1.0]})
    with pytest.raises(pdedsl.UserError, match="mu") as caught:
        pdedsl.solve(pdedsl.parse(BRATU), method)
    assert caught.value.diagnostics[0].code == "E803"
    assert "lambda_" in str(caught.value)


def test_short_starts_are_made_once():
    """With starts at the last value as well the state of the one before would be lost."""
    method = Method.model_validate({
        "model": {"kind": "mlp", "width": 12, "depth": 1},
        "optimizer": {"kind": "lm", "iterations": 30},
        "sampling": {"points": {"eq": 60}},
        "schedule": {
            "continuation": {"parameter": "lambda_", "values": [2.9]},
            "starts": {"seeds": 2, "iterations": 2},
        },
    })  # fmt: skip
    notes: list[str] = []
    pdedsl.solve(pdedsl.parse(BRATU), method, on_progress=lambda p: notes.append(p.note))
    winners = [note for note in notes if "continue with seed" in note]
    assert len(winners) == 1 and winners[0].startswith("continuation")
