"""Total degrees of bases against best approximations, and where it ends."""

from __future__ import annotations

import itertools
import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from pdedsl import api
from pdedsl.choice.allowance import Allowance, SpentError, TrialCosts
from pdedsl.choice.auto import choose
from pdedsl.choice.basis.search import SearchResult
from pdedsl.choice.basis.total_degrees import search_total_degrees, total_degrees
from pdedsl.choice.basis.trial_method import basis_method, functions_of
from pdedsl.choice.tuning import SEARCH
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.build import build
from pdedsl.conditioning.discretisation import discretise
from pdedsl.training.train import train
from tests import small
from tests.conftest import ROOT

WEIGHTS = {"bc": 100.0, "ic": 100.0}
EXPONENTIAL = """domain Omega: x in [-1, 1]
unknown u(x)
eq: u_xx = 9*exp(3*x)
bc: u = 0  on boundary
"""
CIRCLE = """domain Omega: x in [0, 3]
time t in [0, 2]
unknown u(x, t), v(x, t)
eq first: u = 1
eq second: v = 1
bc: u, v periodic in x
"""
PLATE = """domain Omega: (x, y) in [0, 20] * [0, 1]
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0  on boundary
"""
SINE_GORDON = """domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
let us = cos(2*t)*sin(pi*x)
operator S[w] = d(w, t, 2) - d(w, x, 2) + sin(w)
eq: S[u] = S[us]
ic: u = us, u_t = 0  at t = 0
bc: u = 0  on boundary
exact u = us
"""
IMPOSSIBLE = """time t in [0, 1]
unknown u(t)
eq: u_t^2 + u^2 + 1 = 0
ic: u = 1  at t = 0
"""


def _spec(name):
    return api.load(ROOT / "specs" / f"{name}.pde")


def resolve(problem, linear, most=800, **options) -> SearchResult:
    """The search with weights that all tests share."""
    return search_total_degrees(lower(problem), linear, WEIGHTS, most, **options)


def test_the_residual_is_that_of_the_best_approximation():
    """u'' takes every polynomial of degree K − 2 while both conditions hold.

    So the least mean of r² is the squared distance of the source from them, here by Gauss
    quadrature and Legendre coefficients.
    """
    x, w = np.polynomial.legendre.leggauss(80)
    f = 9 * np.exp(3 * x)
    legendre = np.polynomial.legendre.legvander(x, 40)
    coefficients = (2 * np.arange(41) + 1) / 2 * (legendre.T @ (w * f))
    trials = resolve(api.parse(EXPONENTIAL), True).trials
    assert len(trials) >= 3
    for trial in trials[:-1]:
        rest = f - legendre[:, : trial.modes - 1] @ coefficients[: trial.modes - 1]
        expected = math.sqrt((w @ rest**2) / (w @ f**2))
        assert trial.residual == pytest.approx(expected, rel=1e-6, abs=1e-13)
    assert trials[-1].residual <= SEARCH.rounding


def test_a_polynomial_solution_needs_its_degree():
    found = resolve(api.parse(small.PLANE), True)
    assert [r.modes for r in found.trials] == [3]
    assert found.best is not None
    assert found.best.residual <= SEARCH.rounding
    assert "rounding" in found.end


def test_other_points_agree_with_the_residual():
    for trial in resolve(_spec("heat"), True).trials[:6]:
        assert trial.check == pytest.approx(trial.residual, rel=0.5)


def test_nonlinear_problems_are_resolved():
    problem = api.parse(SINE_GORDON)
    best = resolve(problem, False).best
    assert best is not None
    assert best.residual < 1e-13
    method = basis_method(problem, best.modes, WEIGHTS, 4 * best.loss)
    assert _error(problem, method, lambda x, t: torch.cos(2 * t) * torch.sin(torch.pi * x)) < 1e-12


def test_the_method_of_a_trial_ends_where_the_trial_did():
    problem = _spec("heat")
    best = resolve(problem, True).best
    assert best is not None
    method = basis_method(problem, best.modes, WEIGHTS, 4 * best.loss)
    assert _error(problem, method, lambda x, t: torch.exp(-t) * torch.sin(x)) < 2e-15


def _error(problem, method, exact) -> float:
    system = build(problem, method.model, method.sampling.points, "gauss", method.weights, seed=0)
    outcome = train(system, method)
    assert outcome.status == "converged"
    points = system.points_by_law["eq"]
    known = exact(points[:, 0], points[:, 1])
    return float((system.fields(outcome.theta, points)["u"] - known).norm() / known.norm())


@pytest.mark.parametrize("name", ["burgers", "cavity", "kdv", "gray_scott", "lotka_volterra"])
def test_nonlinear_problems_without_decay_are_given_up_early(name):
    found = resolve(_spec(name), False)
    assert "no longer falls" in found.end
    assert found.trials[-1].size < 200
    assert min(r.residual for r in found.trials) > 1e-4


def test_a_wave_number_beyond_reach_is_given_up():
    found = resolve(_spec("helmholtz_6_6"), True)
    assert "no longer falls" in found.end
    assert found.trials[-1].residual > 0.5


def test_a_problem_without_solution_is_not_resolved():
    best = resolve(api.parse(IMPOSSIBLE), False).best
    assert best is not None
    assert best.residual > 0.1


@pytest.mark.parametrize("name", ["heat_inverse", "cylinder_wake_inverse"])
def test_unknown_numbers_are_left_to_networks(name):
    found = resolve(_spec(name), False)
    assert found.trials == ()
    assert found.best is None
    assert "fitted" in found.end


def test_residuals_that_are_not_finite_end_the_search():
    text = "domain O: x in [-1, 1]\nunknown u(x)\neq: u_xx = sqrt(x)\nbc: u = 0  on boundary\n"
    found = resolve(api.parse(text), True)
    assert "not a finite number" in found.end
    assert found.best is None


@pytest.mark.parametrize("text", [small.LINE, small.HEAT, small.FLOW, small.CUBE, CIRCLE])
def test_trials_grow_up_to_the_bound(text):
    problem = api.parse(text)
    trials = list(total_degrees(problem, 400))
    sizes = [functions_of(problem, modes) for modes in trials]
    assert sizes == [discretise(problem, "mixed", k, "total").size for k in trials]
    assert sizes[-1] <= 400
    assert sizes[0] >= 10
    assert all(b >= 1.15 * a for a, b in pairwise(sizes))
    assert list(total_degrees(problem, 1)) == []


def test_points_keep_products_of_the_functions_apart():
    """With the equations u = 1, v = 1 the loss is a mean of squares of orthonormal functions."""
    problem = api.parse(CIRCLE)
    method = basis_method(problem, 6, WEIGHTS)
    system = build(problem, method.model, method.sampling.points, "gauss")
    gram = 6.0 * system.gram(system.theta0)
    assert torch.allclose(gram, torch.eye(len(gram), dtype=gram.dtype), atol=1e-12)


def test_short_faces_get_enough_points():
    problem = api.parse(PLATE)
    modes = 8
    method = basis_method(problem, modes, WEIGHTS)
    system = build(problem, method.model, method.sampling.points, "gauss")
    points = system.points_by_law["bc"]
    for axis, value in ((0, 0.0), (0, 20.0), (1, 0.0), (1, 1.0)):
        on_face = points[torch.isclose(points[:, axis], points.new_tensor(value), atol=0)]
        assert len(torch.unique(on_face[:, 1 - axis])) > modes


def test_the_same_problem_has_the_same_trials():
    problem = _spec("klein_gordon")
    first, second = (resolve(problem, False, 130) for _ in range(2))
    assert first == second


def _ticks(seconds, **options) -> Allowance:
    """Time of which every look at the clock takes a second."""
    return Allowance(seconds, clock=itertools.count().__next__, **options)


def test_a_bound_on_the_time_ends_the_search():
    problem, notified = _spec("heat"), []
    found = resolve(problem, True, allowance=_ticks(15.0), notify=notified.append)
    assert found.out_of_time
    assert found.end == "the time for them is spent"
    assert tuple(notified) == found.trials
    whole = resolve(problem, True)
    assert 0 < len(found.trials) < len(whole.trials)
    assert found.trials == whole.trials[: len(found.trials)]


def test_a_trial_that_would_take_too_long_is_not_begun():
    """Costs are foreseen from the operations, with the trial before and without one."""
    seconds = [0.0]
    costs = TrialCosts(Allowance(10.0, clock=lambda: seconds[0]))
    with pytest.raises(SpentError):
        costs.begin(200_000, 2_500)
    costs.begin(100, 10)
    seconds[0] += 2.0
    costs.end()
    costs.begin(150, 15)
    with pytest.raises(SpentError):
        costs.begin(300, 30)
    costs.allowance.check()
    with pytest.raises(SpentError):
        costs.allowance.check(8.5)
    seconds[0] += 9.0
    with pytest.raises(SpentError):
        costs.allowance.check()


def test_a_solution_that_is_nearly_resolved_has_more_time():
    problem = _spec("heat")
    whole = resolve(problem, True)
    promising = [trial.residual <= SEARCH.promising for trial in whole.trials].index(True)
    assert promising < len(whole.trials) - 1
    clock, at = itertools.count(), []
    allowance = Allowance(None, clock=clock.__next__)
    resolve(problem, True, allowance=allowance, notify=lambda _: at.append(next(clock)))
    seconds = at[promising] + 10  # which the trial is foreseen to take
    short = resolve(problem, True, allowance=_ticks(seconds))
    assert short.out_of_time and promising < len(short.trials) < len(whole.trials)
    extended = resolve(problem, True, allowance=_ticks(seconds, extended=10 * at[-1]))
    assert extended.trials == whole.trials


PATCH = """domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = max(0, 0.06^2 - (x - 0.32)^2 - (y - 0.32)^2)
bc: u = 0  on boundary
"""


def test_a_source_between_the_nodes_is_seen_at_other_points():
    """u = 0 meets all laws at the nodes of the first trial."""
    (trial,) = resolve(api.parse(PATCH), True).trials
    assert trial.residual == 0.0
    assert trial.check == 1.0
    assert choose(lower(api.parse(PATCH))).method.model.kind == "mlp"


def test_a_coefficient_between_the_nodes_is_seen_at_other_points():
    """x^2 + y^2 solves the equation but for a peak of the coefficient."""
    problem = api.parse(
        "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
        "eq: (1 + 9*exp(-1e4*((x - 0.3)^2 + (y - 0.4)^2)))*lap(u) = 4\n"
        "bc: u = x^2 + y^2  on boundary\n"
    )
    assert resolve(problem, True).trials[0].check > 1e-3
    assert choose(lower(problem)).method.model.kind == "mlp"
