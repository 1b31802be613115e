"""The ladder of bases against best approximations, and where it ends."""

from __future__ import annotations

import math
import time
from itertools import pairwise

import numpy as np
import pytest
import torch

from pdedsl import api
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.auto import choose
from pdedsl.choice.basis.resolution import ladder, resolve
from pdedsl.choice.basis.rungs import ROUNDING, Rung, basis_method, functions_of
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.system import build
from pdedsl.conditioning.discretisation import discretise
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares
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


def test_the_residual_is_that_of_the_best_approximation():
    """u'' takes every polynomial of degree K − 2 while both conditions hold.

    So the least mean of r² is the squared distance of the source from them, here by Gauss
    quadrature and Legendre coefficients.
    """
    x, w = np.polynomial.legendre.leggauss(80)
    f = 9 * np.exp(3 * x)
    legendre = np.polynomial.legendre.legvander(x, 40)
    coefficients = (2 * np.arange(41) + 1) / 2 * (legendre.T @ (w * f))
    rungs = resolve(lower(api.parse(EXPONENTIAL)), True, WEIGHTS).rungs
    assert len(rungs) >= 3
    for rung in rungs[:-1]:
        rest = f - legendre[:, : rung.modes - 1] @ coefficients[: rung.modes - 1]
        expected = math.sqrt((w @ rest**2) / (w @ f**2))
        assert rung.residual == pytest.approx(expected, rel=1e-6, abs=1e-13)
    assert rungs[-1].residual <= ROUNDING


def test_a_polynomial_solution_needs_its_degree():
    found = resolve(lower(api.parse(small.PLANE)), True, WEIGHTS)
    assert [r.modes for r in found.rungs] == [3]
    assert found.best is not None
    assert found.best.residual <= ROUNDING
    assert "rounding" in found.end


def test_other_points_agree_with_the_residual():
    for rung in resolve(lower(_spec("heat")), True, WEIGHTS).rungs[:6]:
        assert rung.check == pytest.approx(rung.residual, rel=0.5)


def test_nonlinear_problems_are_resolved():
    problem = api.parse(SINE_GORDON)
    best = resolve(lower(problem), False, WEIGHTS).best
    assert best is not None
    assert best.residual < 1e-13
    method = basis_method(problem, best.modes, WEIGHTS, 4 * best.loss)
    assert _error(problem, method, lambda x, t: torch.cos(2 * t) * torch.sin(torch.pi * x)) < 1e-12


def test_the_method_of_a_rung_ends_where_the_rung_did():
    problem = _spec("heat")
    best = resolve(lower(problem), True, WEIGHTS).best
    assert best is not None
    method = basis_method(problem, best.modes, WEIGHTS, 4 * best.loss)
    assert _error(problem, method, lambda x, t: torch.exp(-t) * torch.sin(x)) < 2e-15


def _error(problem, method, exact) -> float:
    system = build(
        problem, method.model.options(), method.sampling.points, "gauss", method.weights, seed=0
    )
    outcome = train(system, method)
    assert outcome.status == "converged"
    points = system.points_by_law["eq"]
    known = exact(points[:, 0], points[:, 1])
    return float((system.fields(outcome.theta, points)["u"] - known).norm() / known.norm())


@pytest.mark.parametrize("name", ["burgers", "cavity", "kdv", "gray_scott", "lotka_volterra"])
def test_nonlinear_problems_without_decay_are_given_up_early(name):
    found = resolve(lower(_spec(name)), False, WEIGHTS)
    assert "no longer falls" in found.end
    assert found.rungs[-1].size < 200
    assert min(r.residual for r in found.rungs) > 1e-4


def test_a_wave_number_beyond_reach_is_given_up():
    found = resolve(lower(_spec("helmholtz_6_6")), True, WEIGHTS)
    assert "no longer falls" in found.end
    assert found.rungs[-1].residual > 0.5


def test_a_problem_without_solution_is_not_resolved():
    best = resolve(lower(api.parse(IMPOSSIBLE)), False, WEIGHTS).best
    assert best is not None
    assert best.residual > 0.1


@pytest.mark.parametrize("name", ["heat_inverse", "cylinder_wake_inverse"])
def test_unknown_numbers_are_left_to_networks(name):
    found = resolve(lower(_spec(name)), False, WEIGHTS)
    assert found.rungs == ()
    assert found.best is None
    assert "fitted" in found.end


def test_residuals_that_are_not_finite_end_the_ladder():
    text = "domain O: x in [-1, 1]\nunknown u(x)\neq: u_xx = sqrt(x)\nbc: u = 0  on boundary\n"
    found = resolve(lower(api.parse(text)), True, WEIGHTS)
    assert "not a finite number" in found.end
    assert found.best is None


@pytest.mark.parametrize("text", [small.LINE, small.HEAT, small.FLOW, small.CUBE, CIRCLE])
def test_rungs_grow_up_to_the_bound(text):
    problem = api.parse(text)
    rungs = list(ladder(problem, 400))
    sizes = [functions_of(problem, modes) for modes in rungs]
    assert sizes == [discretise(problem, "mixed", k, "total").size for k in rungs]
    assert sizes[-1] <= 400
    assert sizes[0] >= 10
    assert all(b >= 1.15 * a for a, b in pairwise(sizes))
    assert list(ladder(problem, 1)) == []


def test_points_keep_products_of_the_functions_apart():
    """With the equations u = 1, v = 1 the loss is a mean of squares of orthonormal functions."""
    problem = api.parse(CIRCLE)
    method = basis_method(problem, 6, WEIGHTS)
    system = build(problem, method.model.options(), method.sampling.points, "gauss")
    gram = 6.0 * system.gram(system.theta0)
    assert torch.allclose(gram, torch.eye(len(gram), dtype=gram.dtype), atol=1e-12)


def test_short_faces_get_enough_points():
    problem = api.parse(PLATE)
    modes = 8
    method = basis_method(problem, modes, WEIGHTS)
    system = build(problem, method.model.options(), method.sampling.points, "gauss")
    points = system.points_by_law["bc"]
    for axis, value in ((0, 0.0), (0, 20.0), (1, 0.0), (1, 1.0)):
        on_face = points[torch.isclose(points[:, axis], points.new_tensor(value), atol=0)]
        assert len(torch.unique(on_face[:, 1 - axis])) > modes


def test_the_same_problem_has_the_same_ladder():
    problem = _spec("klein_gordon")
    first, second = (resolve(lower(problem), False, WEIGHTS, 130) for _ in range(2))
    assert first == second


def test_a_bound_on_the_time_ends_the_ladder():
    """For every value of the parameter an integral over the square."""
    problem = api.parse(
        "param a in [1, 2]\ndomain Omega: (x, y) in [0, 1]^2\nunknown u(x, y, a)\n"
        "eq: lap(u) + a*integral(u, Omega) = 1\nbc: u = 0  on boundary\n"
    )
    told = []
    before = time.thread_time()
    found = resolve(lower(problem), True, WEIGHTS, allowance=Allowance(0.5), told=told.append)
    # A step of Gauss-Newton that has begun is finished.
    assert time.thread_time() - before < 2.0
    assert found.cut
    assert found.end == "the 0.5 s for them are spent"
    assert tuple(told) == found.rungs


def test_a_rung_that_would_take_too_long_is_not_begun(monkeypatch):
    """Costs are foreseen from the entries of the Jacobian: with a clock that shows one second
    for each thousand, the bound is met to within one rung."""
    problem = _spec("heat")
    free = resolve(lower(problem), True, WEIGHTS)
    assert not free.cut
    clock = _Clock()
    monkeypatch.setattr("pdedsl.choice.allowance.time.thread_time", clock)
    monkeypatch.setattr("pdedsl.choice.basis.rungs.LeastSquares", clock.slow)
    entries = []
    monkeypatch.setattr(_Clock, "seen", entries.append)
    found = resolve(lower(problem), True, WEIGHTS, allowance=Allowance(20.0))
    assert found.cut
    assert found.rungs == free.rungs[: len(found.rungs)]
    assert 0 < len(found.rungs) < len(free.rungs)
    assert sum(entries) / 1000 <= 20.0


class _Clock:
    """Time that only optimizers take."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def seen(self, entries):
        raise NotImplementedError

    def slow(self, system, options, theta):
        entries = system.rows * system.parameters
        type(self).seen(entries)
        self.now += entries / 1000
        return LeastSquares(system, options, theta)


PATCH = """domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = max(0, 0.06^2 - (x - 0.32)^2 - (y - 0.32)^2)
bc: u = 0  on boundary
"""


def test_a_source_between_the_nodes_is_seen_at_other_points():
    """u = 0 meets all laws at the nodes of the first rung."""
    (rung,) = resolve(lower(api.parse(PATCH)), True, WEIGHTS).rungs
    assert rung.residual == 0.0
    assert rung.check == 1.0
    assert choose(lower(api.parse(PATCH))).method.model.kind == "mlp"


def test_a_coefficient_between_the_nodes_is_seen_at_other_points():
    """x^2 + y^2 solves the equation but for a peak of the coefficient."""
    problem = api.parse(
        "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
        "eq: (1 + 9*exp(-1e4*((x - 0.3)^2 + (y - 0.4)^2)))*lap(u) = 4\n"
        "bc: u = x^2 + y^2  on boundary\n"
    )
    assert resolve(lower(problem), True, WEIGHTS).rungs[0].check > 1e-3
    assert choose(lower(problem)).method.model.kind == "mlp"


@pytest.mark.parametrize(("longer", "rungs"), [(0.0, 4), (2.0, 4), (7.5, 7)])
def test_a_solution_that_is_nearly_resolved_has_more_time(monkeypatch, longer, rungs):
    """Every rung takes a second, and its residual is a tenth of that before."""
    clock = [0.0]
    monkeypatch.setattr("pdedsl.choice.allowance.time.thread_time", lambda: clock[0])

    def measured(problem, modes, linear, weights, work, start):
        work.begin(1)
        clock[0] += 1.0
        work.end()
        residual = 10.0 ** -clock[0]
        return Rung(modes, 10, residual, residual**2, residual)

    monkeypatch.setattr("pdedsl.choice.basis.resolution.measured", measured)
    found = resolve(lower(_spec("heat")), True, WEIGHTS, 4_000, Allowance(4.5, longer=longer))
    assert len(found.rungs) == rungs
    assert found.cut
