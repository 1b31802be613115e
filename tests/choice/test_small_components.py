"""Fields that are small beside others: seeds that grow, fields that are zero, bases that hide them.

Closed forms: with y' = y z, z' = -y z the sum c = y + z is constant and y is logistic,
y(t) = c / (1 + z(0)/y(0) e^{-ct}).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.auto import choose
from pdedsl.choice.basis.find_basis import SearchBounds, find_basis
from pdedsl.choice.march.march import march
from pdedsl.choice.traits import traits
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.build import build
from pdedsl.models.windows import WindowsOptions
from pdedsl.transforms.single_rows import split_rows

GROWTH = """problem "growth from a seed"
time t in [0, {end}]
unknown y(t), z(t)
eq: y_t = y*z
eq: z_t = -y*z
ic: y = {seed}, z = 1  at t = 0
"""
GROWTH_IN_SPACE = """problem "growth of a field"
domain Omega: x in [0, 1]
time t in [0, {end}]
unknown y(x, t), z(x, t)
eq: y_t = 0.01*y_xx + y*z
eq: z_t = 0.02*z_xx - y*z
ic: y = {seed}, z = 1  at t = 0
bc: dn(y) = 0, dn(z) = 0  on boundary
"""
NOTHING = """problem "a field that stays zero"
domain Omega: x in [0, pi]
time t in [0, 1]
unknown u(x, t), w(x, t)
eq: u_t = u_xx + w
eq: w_t = w_xx{more}
ic: u = sin(x), w = 0  at t = 0
bc: u = 0, w = 0  on boundary
"""
CITY = """problem "epidemic"
param N = 5e9, b = 0.5, g = 0.2
time t in [0, 110]
unknown S(t), I(t)
eq: S_t = -b*S*I/N
eq: I_t = b*S*I/N - g*I
ic: S = N, I = 2  at t = 0
"""


def logistic(seed, t):
    whole = 1 + seed
    return whole / (1 + math.exp(-whole * t) / seed)


def marched(text, tolerance):
    lowered = lower(pdedsl.parse(text))
    found = march(lowered, tolerance, Allowance(None))
    assert not found.end
    model = WindowsOptions(edges=found.edges, pieces=found.pieces)
    system = build(lowered, model, dict.fromkeys(("eq", "bc", "ic"), 1), "sobol")
    return lambda *at: {
        name: float(value)
        for name, value in system.fields(found.theta, torch.tensor([at]).double()).items()
    }


@pytest.mark.parametrize("seed", [1e-4, 1e-6, 1e-9, 1e-12])
def test_what_grows_from_a_seed_is_followed(seed):
    end = -math.log(seed) + 3
    values = marched(GROWTH.format(end=end, seed=seed), 1e-7)
    for t in (end / 2, end - 3, end):
        assert values(t)["y"] == pytest.approx(logistic(seed, t), rel=2e-5)


@pytest.mark.parametrize("seed", [1e-6, 1e-8])
def test_so_it_is_in_space(seed):
    end = -math.log(seed) + 1
    values = marched(GROWTH_IN_SPACE.format(end=end, seed=seed), 1e-7)
    for t in (end / 2, end):
        assert values(0.3, t)["y"] == pytest.approx(logistic(seed, t), rel=2e-5)


@pytest.mark.parametrize("more", ["", " - w^2"])
def test_a_field_that_stays_zero_does_not_stop_a_march(more):
    values = marched(NOTHING.format(more=more), 1e-8)(1.0, 1.0)
    assert values["u"] == pytest.approx(math.exp(-1) * math.sin(1), rel=1e-7)
    assert abs(values["w"]) < 1e-15


@pytest.mark.parametrize("text", [GROWTH.format(end=30, seed=1e-6), CITY])
def test_a_basis_that_leaves_a_small_law_open_is_not_taken(text):
    """A constant y leaves 4e-8 of all residuals: the sum of squares does not see its law."""
    problem = pdedsl.parse(text)
    lowered, facts = lower(problem), traits(problem)
    bounds = SearchBounds.of(20.0, facts.linear, True)
    found, resolved = find_basis(
        lowered, facts, {"bc": 100.0, "ic": 100.0}, bounds, Allowance(None)
    )
    assert found.best.residual < 1e-6
    assert not resolved


def test_an_epidemic_is_found():
    def rates(t, y):
        infections = 0.5 * y[0] * y[1] / 5e9
        return [-infections, infections - 0.2 * y[1]]

    truth = solve_ivp(rates, (0, 110), [5e9, 2.0], rtol=1e-12, atol=1e-10, method="DOP853").y[:, -1]
    found = marched(CITY, 1e-8)(110.0)
    assert [found["S"], found["I"]] == pytest.approx(list(truth), rel=1e-6)


def test_a_basis_that_leaves_rounding_is_taken():
    text = 'problem "p"\ntime t in [0, 1]\nunknown y(t), z(t)\neq: y_t = z*y\neq: z_t = -z\n'
    choice = choose(lower(pdedsl.parse(f"{text}ic: y = 1e-5, z = 1  at t = 0\n")), 10.0)
    assert choice.method.model.kind == "basis"


def test_rows_become_laws():
    problem = split_rows(pdedsl.parse(GROWTH.format(end=1, seed=0.5)))
    assert [law.label for law in problem.laws] == ["eq.1", "eq.2", "ic[1]", "ic[2]"]
    assert all(len(law.residuals) == 1 for law in problem.laws)
    assert split_rows(problem) is problem
    assert np.isfinite([float(problem.substitute(e[1])) for e in (problem.laws[2].equations)]).all()
