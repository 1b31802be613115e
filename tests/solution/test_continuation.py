"""Continuation in a parameter."""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

import pdedsl
from pdedsl.settings.method import Method, Schedule

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
    # As many as straight at the first value, and less after it.
    assert pdedsl.solve(problem, near).outcome.iterations < 2 * straight


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


ADVECTION = """problem "advection"
param   beta = 12, k = 2
domain  Omega: x in [0, 2*pi]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + beta*u_x = 0
ic: u = sin(k*x)  at t = 0
bc: u periodic in x
exact u = sin(k*(x - beta*t))
"""


def _values(text: str = ADVECTION, **continuation: object) -> tuple[str, list[float]]:
    """Parameter and values in the provenance, from which the same method is read again."""
    solution = pdedsl.solve(
        pdedsl.parse(text),
        Method.model_validate({
            "model": {"kind": "mlp", "width": 3, "depth": 1},
            "optimizer": {"kind": "lm", "iterations": 1},
            "sampling": {"points": {"eq": 8, "ic": 4, "bc": 4}},
            "schedule": {"continuation": continuation or True},
        }),
    )  # fmt: skip
    recorded = solution.provenance.settings["schedule"]["continuation"]
    assert Method.model_validate(solution.provenance.settings).schedule.continuation is not None
    return recorded["parameter"], recorded["values"]


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({}, [2.0, 4.0, 6.0, 8.0, 10.0]),
        ({"steps": 2}, [4.0, 8.0]),
        ({"start": 3.0, "steps": 3}, [3.0, 6.0, 9.0]),
        ({"parameter": "beta", "start": 1.5, "steps": 3, "spacing": "geometric"}, [1.5, 3.0, 6.0]),
        ({"start": 48.0, "steps": 2}, [48.0, 24.0]),
        ({"start": -12.0, "steps": 2}, [-12.0, 0.0]),
        ({"parameter": "beta", "values": [5.0]}, [5.0]),
    ],
)
def test_values_are_in_the_provenance(given, values):
    name, found = _values(**given)
    assert name == "beta"
    assert found == pytest.approx(values, rel=1e-12)


def test_large_values_are_easy_for_a_viscosity():
    layer = """problem "layer"
    param   nu = 0.01
    domain  Omega: x in [0, 1]
    unknown u(x)
    eq: u_x - nu*u_xx = 1
    bc: u = 0  on boundary
    """
    name, found = _values(layer, steps=2)
    assert name == "nu"
    assert found == pytest.approx([0.03, 0.03 / 3**0.5], rel=1e-12)


def test_a_parameter_of_the_data_may_be_named():
    assert _values(parameter="k", steps=1) == ("k", [1.0])


TWO = ADVECTION.replace("beta*u_x", "beta*u_x + k*u")
BRATU_WITH_FREE = BRATU.replace("lambda_ = 3", "lambda_ = 3, free = 0").replace("u = 0", "u = free")


@pytest.mark.parametrize(
    ("text", "given", "words", "mends"),
    [
        (TWO, {}, "several make the problem hard (beta", {"parameter": "beta"}),
        (PLAIN := BRATU.replace("param   lambda_ = 3\n", "").replace("lambda_*", "3*"), {},
         "the problem has none", None),
        (BRATU_WITH_FREE, {"parameter": "free"}, "the easy values of free are not known",
         {"parameter": "free", "start": 1.0}),
        (ADVECTION, {"start": -3.0, "spacing": "geometric"}, "have no even ratios",
         {"start": -3.0, "spacing": "linear"}),
        (ADVECTION, {"start": 12.0}, "which is the value of the spec", {"start": 6.0}),
        (PLAIN, {"parameter": "mu"}, "is no parameter", None),
    ],
)  # fmt: skip
def test_what_has_no_easy_values_is_refused_with_what_works(text, given, words, mends):
    with pytest.raises(pdedsl.UserError) as caught:
        _values(text, **given)
    (found,) = caught.value.diagnostics
    assert found.code == "E803" and words in found.message
    if mends is not None:
        for key, value in mends.items() - given.items():
            shown = value if isinstance(value, str) else f"{value:g}"
            assert f"--with schedule.continuation.{key}={shown}" in found.mend
        assert _values(text, **mends)[1]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parameter": "beta", "values": [1.0], "steps": 2}, "either values or steps"),
        ({"parameter": "beta", "values": [1.0], "start": 2.0}, "either values or start"),
        ({"parameter": "beta", "values": []}, "values is empty"),
        ({"values": [1.0]}, "values need a parameter"),
    ],
)
def test_options_that_contradict_each_other(given, words):
    with pytest.raises(ValueError, match=words):
        Method.model_validate({"schedule": {"continuation": given}})


def test_a_value_that_the_spec_refuses_is_refused_before_any_training():
    text = """problem "root"
    param   p = 4
    domain  Omega: x in [0, 1]
    unknown u(x)
    eq: u_x = p
    bc: u = sqrt(p)  on x = 0
    """
    reports: list[str] = []
    method = _method(continuation={"parameter": "p", "values": [-1.0]})
    with pytest.raises(pdedsl.UserError):
        pdedsl.solve(pdedsl.parse(text), method, on_progress=lambda p: reports.append(p.note))
    assert not reports


def test_each_value_starts_where_the_one_before_ended_though_a_fresh_start_has_less_loss():
    """θ is kept by an optimizer whose rate is too small to move: all ends are the first start."""
    method = Method.model_validate({
        "model": {"kind": "mlp", "width": 4, "depth": 1},
        "optimizer": {"kind": "sgd", "rate": 1e-300, "iterations": 1},
        "sampling": {"points": {"eq": 8, "ic": 4}},
        "schedule": {
            "continuation": {"values": [1.0], "parameter": "beta"},
            # The winner of the starts is another state than the one of the seed.
            "starts": {"seeds": 3, "iterations": 1},
        },
    })  # fmt: skip
    problem = pdedsl.parse(ADVECTION)
    easy = problem.with_params(beta=1.0)
    first = pdedsl.solve(easy, method.model_copy(update={
        "schedule": method.schedule.model_copy(update={"continuation": None})}))  # fmt: skip
    after = pdedsl.solve(problem, method)
    assert (after.theta == first.theta).all()


def test_iterations_at_all_values_are_counted():
    method = Method.model_validate({
        "model": {"kind": "mlp", "width": 4, "depth": 1},
        "optimizer": {"kind": "adam", "iterations": 7},
        "sampling": {"points": {"eq": 8, "ic": 4}},
        "schedule": {"continuation": {"values": [1.0, 2.0], "parameter": "beta"}},
    })  # fmt: skip
    alone = method.model_copy(update={"schedule": Schedule()})
    problem = pdedsl.parse(ADVECTION)
    one = pdedsl.solve(problem, alone).outcome.iterations
    assert pdedsl.solve(problem, method).outcome.iterations == 3 * one


def test_a_curriculum_that_begins_near_the_solution_is_usable():
    """Its last value is close to the one before, so that its loss has little to fall."""
    problem = pdedsl.parse(
        "param nu = 0.2\ndomain O: x in [0, 1]\nunknown u(x)\n"
        "eq: -nu*u_xx + u_x = 1\nbc: u = 0  on boundary\n"
    )
    method = pdedsl.Method(
        model={"kind": "mlp", "width": 3, "depth": 1},
        optimizer={"kind": "lm", "iterations": 100},
        schedule={"continuation": {"parameter": "nu", "values": [0.3, 0.2000001]}},
    )
    solution = pdedsl.solve(problem, method)
    outcome = solution.outcome
    assert outcome.loss > 0.1 * outcome.history[0].loss
    e = math.exp(-1 / 0.2)
    assert float(solution(x=0.5)) == pytest.approx(0.5 - (math.exp(-2.5) - e) / (1 - e), abs=0.02)
    assert solution.failure is None
