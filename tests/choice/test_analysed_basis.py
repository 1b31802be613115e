"""Methods that leave functions, γ and weights to the analysis of the problem."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.analysed_basis import complete
from pdedsl.compiler.lowering.lower import lower
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.preconditioners import GAMMAS, best_gamma, symbol_preconditioner
from pdedsl.conditioning.weights import best_weight
from pdedsl.diagnostics import UserError
from pdedsl.models.bases import BasisOptions
from pdedsl.settings.load import load_method
from pdedsl.solution.planning import plan
from tests import small
from tests.conftest import ROOT

TRAVEL = """domain  Omega: x in [0, 2*pi]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + 6*u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x
exact u = sin(x - 6*t)
"""
NONLOCAL = """domain  Omega: x in [0, 1]
unknown u(x)
eq: u(x) = 1 + integral(u, Omega)/2
exact u = 2
"""
BURGERS = """domain  Omega: x in [-1, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = 0.2*u_xx
ic: u = -sin(pi*x)  at t = 0
bc: u = 0  on boundary
"""
GIVEN = {
    "model.family": "legendre",
    "model.modes": 7,
    "model.gamma": 3.0,
    "model.preconditioner": "symbol",
    "weights.bc": 5.0,
    "sampling.points.eq": 40,
}


def _spec(name):
    return pdedsl.load(ROOT / "specs" / f"{name}.pde")


@pytest.mark.parametrize("name", ["heat", "poisson_1d", "helmholtz", "heat_quarter", "biharmonic"])
def test_descent_with_the_preconditioner_solves(name):
    solution = pdedsl.solve(_spec(name), "preconditioned_gd", budget=60)
    assert solution.outcome.status == "converged"
    assert solution.errors["u"]["rel_l2"] < 1e-9
    assert "from the analysis" in solution.provenance.why


def test_descent_follows_a_wave():
    solution = pdedsl.solve(pdedsl.parse(TRAVEL), "preconditioned_gd", budget=20)
    assert solution.provenance.settings["model"]["family"] == "mixed"
    assert solution.errors["u"]["rel_l2"] < 1e-9


def test_many_inputs():
    solution = pdedsl.solve(_spec("poisson_10d"), "preconditioned_gd", budget=60)
    assert solution.errors["u"]["rel_l2"] < 1e-9


def test_plane_waves_where_they_have_the_solution():
    """sin(kx) on (−π, π) is one of them; exp(−t) sin x on a time interval is not."""
    waves = plan(_spec("poisson_1d"), "gd", budget=20)
    assert (waves.method.model.family, waves.method.model.modes) == ("fourier", 10)
    assert "plane waves over the box" in waves.provenance.why
    products = plan(_spec("heat"), "gd", budget=20).method
    assert (products.model.family, products.model.index) == ("mixed", "total")


def test_weights_are_those_of_the_least_condition_number():
    problem = _spec("poisson_1d")
    method = plan(problem, "gd", budget=20).method
    space = discretise(problem, "fourier", 10, "box")
    gram = assemble(problem, space)
    # The loss has the mean over the interval, of length 2π, where the matrix has the integral.
    assert method.weights["bc"] == pytest.approx(best_weight(gram).weight / (2 * np.pi), rel=5e-3)
    better = plan(problem, "preconditioned_gd", budget=20).method
    gamma = better.model.gamma
    moved = gram.transform(symbol_preconditioner(gram, space, gamma))
    assert better.weights["bc"] == pytest.approx(best_weight(moved).weight / (2 * np.pi), rel=5e-3)


def test_gamma_has_the_least_condition_number():
    problem = pdedsl.parse(small.HEAT)
    space = discretise(problem, "mixed", 6, "box")
    gram = assemble(problem, space)
    gamma, best = best_gamma(gram, space)
    kappas = {
        g: best_weight(gram.transform(symbol_preconditioner(gram, space, g))).kappa for g in GAMMAS
    }
    assert best.kappa == min(kappas.values()) == kappas[gamma]
    assert best_gamma(gram, space, (5.0,))[0] == 5.0
    with pytest.raises(ValueError, match="at least one value"):
        best_gamma(gram, space, ())


def test_what_is_given_is_kept():
    method = plan(_spec("poisson_1d"), "preconditioned_gd", settings=GIVEN.items()).method
    model = method.model
    assert (model.family, model.modes, model.gamma) == ("legendre", 7, 3.0)
    assert model.preconditioner == "symbol"
    assert method.weights == {"bc": 5.0}
    assert method.sampling.points == {"eq": 40}


def test_a_weight_of_a_law_is_kept_beside_those_found():
    text = small.HEAT
    laws = [law.label for law in pdedsl.parse(text).laws if law.kind != "eq"]
    first, *others = laws
    settings = [(f"weights.{first}", 7.0)]
    found = plan(pdedsl.parse(text), "gd", budget=20, settings=settings).method.weights
    assert found[first] == 7.0
    assert set(found) == {first, *others}


def test_a_method_that_is_complete_comes_back():
    method, _ = load_method("lm")
    assert complete(lower(_spec("heat")), method, None) == (method, "")
    fixed = method.model_copy(update={"model": BasisOptions(modes=3)})
    assert complete(lower(_spec("heat")), fixed, None) == (fixed, "")


def test_a_saved_run_does_not_ask_again(tmp_path):
    solution = pdedsl.solve(_spec("poisson_1d"), "preconditioned_gd", budget=20)
    kept = solution.provenance.settings["model"]
    assert kept["analysed"] is False
    assert kept["preconditioner"] == "symbol"
    again = pdedsl.Solution.load(solution.save(tmp_path / "run"))
    x = np.linspace(-3, 3, 5)
    assert np.array_equal(again(x=x), solution(x=x))
    method = tmp_path / "run" / "method.toml"
    assert plan(_spec("poisson_1d"), method).provenance.settings == solution.provenance.settings


def test_an_integral_equation():
    solution = pdedsl.solve(pdedsl.parse(NONLOCAL), "gd", budget=20)
    assert solution.errors["u"]["rel_l2"] < 1e-9


def test_a_problem_without_a_matrix_is_planned_all_the_same():
    """√x is not finite on half of the interval."""
    problem = pdedsl.parse(
        "domain O: x in [-1, 1]\nunknown u(x)\neq: sqrt(x)*u_xx = 1\nbc: u = 0  on boundary\n"
    )
    for name, preconditioner in (("gd", "none"), ("preconditioned_gd", "symbol")):
        found = plan(problem, name, budget=20)
        assert "no condition number: " in found.provenance.why
        assert found.method.weights == {}
        assert found.method.model.preconditioner == preconditioner


def test_unknown_numbers_and_nonlinear_problems_have_a_plan():
    for text in (small.NUMBER, BURGERS):
        found = plan(pdedsl.parse(text), "preconditioned_gd", budget=20)
        assert found.method.model.family in ("fourier", "mixed")
        assert found.method.model.preconditioner in ("symbol", "full")


def test_another_model_leaves_the_analysis_out():
    method = plan(_spec("heat"), "gd", settings=[("model.kind", "mlp")]).method
    assert method.model.kind == "mlp"
    assert method.weights == {}


def test_auto_needs_the_analysis():
    with pytest.raises(UserError, match="set analysed = true, or write symbol or full"):
        load_method("gd", {"model.preconditioner": "auto", "model.analysed": False})
