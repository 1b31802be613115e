"""The rule that puts the weights of least condition number into a method."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.diagnostics import UserError
from pdedsl.settings.method import Method
from tests.small import CUBE, LINE, PLANE

NONLINEAR = PLANE.replace("lap(u) = 4", "lap(u) + u^3 = 4 + (x^2 + y^2)^3")
MIXED = """problem "mixed"
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 4
bc value: u = x^2 + y^2  on x = 0, y = 0
bc flux:  dn(u) = 2  on x = 1, y = 1
exact u = x^2 + y^2
"""


def _solve(text, model=None, rule=None, **more):
    method = Method.model_validate({
        "model": model or {"kind": "mlp", "width": 6, "depth": 1},
        "optimizer": {"kind": "lm", "iterations": 2},
        "schedule": {"rules": [rule or {"kind": "best_kappa"}]},
        **more,
    })  # fmt: skip
    return pdedsl.solve(pdedsl.parse(text), method)


def _kappa(problem, space, weights):
    """κ of Σ w/(|Ω| m) ∫ … + Σ w/m mean …, from the singular values of the whole."""
    gram = assemble(problem, space)
    scales = {t.label: weights[t.label] / (t.measure * t.equations) for t in gram.terms}
    found = np.linalg.svd(gram.factor(scales), compute_uv=False)
    return (found[0] / found[-1]) ** 2


def test_no_other_weight_of_the_conditions_has_a_smaller_kappa():
    problem = pdedsl.parse(LINE)
    solution = _solve(LINE, {"kind": "basis", "family": "legendre", "modes": 9})
    used = solution.system.weights
    space = discretise(problem, "legendre", 9)
    best = _kappa(problem, space, used)
    for factor in (0.5, 0.8, 1.25, 2.0):
        assert _kappa(problem, space, {**used, "bc": factor * used["bc"]}) > best
    assert _kappa(problem, space, {**used, "bc": 1.0}) > 1.1 * best
    assert "best_kappa" not in str(solution.provenance.settings["schedule"])
    assert solution.provenance.settings["weights"] == used
    assert f"weights eq = 1, bc = {used['bc']:.3g}, with which κ is" in solution.provenance.why


def test_conditions_may_have_weights_of_their_own():
    common = _solve(MIXED).system.weights
    own = _solve(MIXED, rule={"kind": "best_kappa", "separate": True}).system.weights
    assert common["value"] == common["flux"] != 1.0
    assert own["value"] > 1.5 * own["flux"]


def test_nonlinear_laws_are_linearised_and_it_is_said_where():
    solution = _solve(NONLINEAR)
    assert solution.system.weights["bc"] != 1.0
    assert "eq: linearised at" in solution.provenance.why


def test_they_are_the_start_of_weights_that_change():
    rules = [{"kind": "best_kappa"}, {"kind": "annealing", "keep": 0.999, "every": 100}]
    solution = _solve(PLANE, schedule={"rules": rules})
    first = _solve(PLANE).system.weights["bc"]
    assert solution.system.weights["bc"] == pytest.approx(first, rel=0.1)
    assert solution.system.weights["bc"] != first


def test_where_there_is_no_matrix_it_is_refused_with_what_works():
    problem = pdedsl.parse(CUBE.replace("[0, 1]^5", "[0, 1]^60").replace("1..5", "1..60"))
    method = Method.model_validate({"schedule": {"rules": [{"kind": "best_kappa"}]}})
    with pytest.raises(UserError) as caught:
        pdedsl.solve(problem, method)
    (found,) = caught.value.diagnostics
    assert found.code == "E803"
    assert "best_kappa needs the matrix of the loss on a basis" in found.message
    assert 'rules = [{ kind = "ntk" }]' in found.mend


def test_training_without_a_solve_says_who_finds_them():
    system = pdedsl.compile(pdedsl.parse(LINE), model={"width": 4, "depth": 1})
    method = Method.model_validate({"schedule": {"rules": [{"kind": "best_kappa"}]}})
    with pytest.raises(UserError, match="before the training"):
        pdedsl.train(system, method)


@pytest.mark.parametrize("model", [
    {"kind": "basis", "analysed": True},
    {"kind": "basis", "preconditioner": "full"},
])  # fmt: skip
@pytest.mark.parametrize("kind", ["best_kappa", "annealing", "ntk", "grad_norm", "relobralo"])
def test_a_preconditioned_basis_has_the_weights_it_was_made_for(model, kind):
    with pytest.raises(ValueError, match=r"analysed = true|leave the rule out"):
        Method.model_validate({"model": model, "schedule": {"rules": [{"kind": kind}]}})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"form": {"kind": "weak"}}, "the weak form has another; take the rule ntk"),
        ({"domain": {"split": {"x": 2}}}, "a split domain has another; take the rule ntk"),
        ({"model": {"kind": "mlp", "hard": True}}, "write hard = false"),
    ],
)
def test_a_matrix_that_is_not_that_of_the_loss_is_refused_with_what_works(more, words):
    method = {"schedule": {"rules": [{"kind": "best_kappa"}]}} | more
    with pytest.raises(ValueError, match=words):
        Method.model_validate(method)
    if "model" not in more:
        Method.model_validate(method | {"schedule": {"rules": [{"kind": "ntk"}]}})
