"""Whole solves of known solutions, small enough for every run of the tests."""

from __future__ import annotations

import pytest
import torch

from pdedsl import api
from pdedsl.compiler.residual.build import build
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method
from pdedsl.training.train import train

POISSON = """
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: -lap(u) = 2*pi^2*sin(pi*x)*sin(pi*y)
bc: u = 0  on boundary
"""


def _solve(method: Method, seed: int = 0):
    problem = api.parse(POISSON)
    m = method
    system = build(problem, m.model, m.sampling.points, m.sampling.kind, m.weights, seed=seed)
    outcome = train(system, method, seed=seed)
    axis = torch.linspace(0, 1, 41, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    exact = torch.sin(torch.pi * points).prod(dim=1)
    error = (system.fields(outcome.theta, points)["u"] - exact).norm() / exact.norm()
    return outcome, float(error)


def _wide(**changes):
    sets = {
        "model.width": 40,
        "model.bandwidth": 3.0,
        "sampling.points": {"eq": 500, "bc": 160},
        "schedule.starts.bandwidths": [3.0],
        "optimizer.iterations": 120,
    }
    return load_method("lm_wide_sin", sets | changes)[0]


def test_smooth_solutions_are_found_to_rounding():
    outcome, error = _solve(_wide())
    assert outcome.status == "converged"
    assert error < 1e-12


def test_the_race_finds_a_bandwidth():
    outcome, error = _solve(_wide(**{"schedule.starts.bandwidths": [40.0, 3.0]}))
    assert error < 1e-9
    assert any("bandwidth 3" in p.note for p in outcome.history)


@pytest.mark.parametrize(("preset", "bound"), [("lm_deep_tanh", 0.05), ("lbfgs", 0.5)])
def test_other_presets_get_nearer(preset, bound):
    sets = {
        "model.width": 10,
        "model.depth": 2,
        "optimizer.iterations": 60,
        "sampling.points": {"eq": 800, "bc": 200},
    }
    outcome, error = _solve(load_method(preset, sets)[0])
    assert error < bound
    assert outcome.loss < 0.1 * outcome.history[0].loss


def test_same_seed_same_numbers():
    method = _wide(**{"optimizer.iterations": 5, "sampling.resample": 2})
    first, second = _solve(method, 3)[0], _solve(method, 3)[0]
    assert torch.equal(first.theta, second.theta)
    assert [p.loss for p in first.history[-1:]] == [p.loss for p in second.history[-1:]]
