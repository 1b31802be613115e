"""The same questions to every optimizer of the registry, and some to one of them."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from pdedsl.optimizers.first_order.adam import AdamOptions
from pdedsl.optimizers.first_order.sgd import SgdOptions
from pdedsl.optimizers.first_order.soap import SoapOptions
from pdedsl.optimizers.protocol import Ended
from pdedsl.optimizers.quasi_newton.lbfgs import Lbfgs, LbfgsOptions
from pdedsl.optimizers.registry import OPTIMIZERS, build_optimizer
from pdedsl.settings.method import Method

from .systems import Small, bad, linear, rosenbrock, shallow, stepped, vector

OPTIONS = {
    name: Method.model_validate({"optimizer": {"kind": name}}).optimizer for name in OPTIMIZERS
} | {
    "adam": AdamOptions(rate=0.02, decay_every=500, decay=0.6),
    "soap": SoapOptions(rate=0.02, decay_every=500, decay=0.6),
    "sgd": SgdOptions(rate=1e-3, decay=1.0),
}
ENOUGH = dict.fromkeys(OPTIMIZERS, 200) | {
    "lm": 40,
    "adam": 4000,
    "soap": 4000,
    "sgd": 4000,
    "gd": 6000,
}


@pytest.fixture(params=sorted(OPTIMIZERS))
def name(request):
    return request.param


def _run(name, system, count):
    return stepped(build_optimizer(system, OPTIONS[name], system.theta0), count)


def test_finds_the_minimum_of_a_linear_problem(name):
    system, matrix, right = linear()
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    steps = _run(name, system, ENOUGH[name])
    assert min(s.loss for s in steps) == pytest.approx(float(system.loss(best)), rel=1e-6)


def test_lowers_a_curved_loss(name):
    system = rosenbrock()
    assert min(s.loss for s in _run(name, system, ENOUGH[name])) < 1e-2 * float(
        system.loss(system.theta0)
    )


def test_loss_belongs_to_the_state(name):
    system = shallow()
    for step in _run(name, system, 5):
        assert step.loss == pytest.approx(float(system.loss(step.theta)), rel=1e-12)


def test_states_are_not_changed_afterwards(name):
    system = shallow()
    steps = _run(name, system, 5)
    copies = [s.theta.clone() for s in steps]
    _run(name, system, 5)
    assert all(torch.equal(s.theta, c) for s, c in zip(steps, copies, strict=True))


def test_same_start_same_numbers(name):
    first = [s.loss for s in _run(name, shallow(), 6)]
    assert first == [s.loss for s in _run(name, shallow(), 6)]


def test_a_residual_that_is_no_number_is_passed_on(name):
    (step,) = _run(name, bad(), 1)
    assert math.isnan(step.loss)


def test_goes_on_after_new_points(name):
    system = shallow()
    optimizer = build_optimizer(system, OPTIONS[name], system.theta0)
    optimizer.step()
    optimizer.renew(float(system.loss(optimizer.theta)))
    before = float(system.loss(optimizer.theta))
    assert min(optimizer.step().loss for _ in range(3)) <= before


def test_lbfgs_solves_rosenbrock_to_rounding():
    assert _run("lbfgs", rosenbrock(), 100)[-1].loss < 1e-20


def test_lbfgs_says_when_it_can_go_no_further():
    system, _, _ = linear()
    assert _run("lbfgs", system, 200)[-1].ended in (Ended.STALLED, Ended.MINIMUM)


def test_lbfgs_two_loops_apply_the_bfgs_matrix():
    """A step is along −H g, with H⁺ = (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ formed densely."""
    system = shallow()
    optimizer = Lbfgs(system, LbfgsOptions(), system.theta0)
    states = [system.theta0, *(optimizer.step().theta for _ in range(5))]
    slopes = [system.loss_and_grad(theta)[1] for theta in states]
    pairs = [(states[k + 1] - states[k], slopes[k + 1] - slopes[k]) for k in range(4)]
    s, y = pairs[-1]
    eye = torch.eye(len(s), dtype=torch.float64)
    inverse = (s @ y) / (y @ y) * eye
    for s, y in pairs:
        left = eye - torch.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + torch.outer(s, s) / (s @ y)
    expected, step = -inverse @ slopes[4], states[5] - states[4]
    assert torch.allclose(step / step.norm(), expected / expected.norm(), rtol=0, atol=1e-8)


def test_adam_decays_its_rate():
    """With a gradient that hardly changes, the steps are as long as the rate."""
    options = AdamOptions(rate=0.1, decay=0.5, decay_every=2)
    optimizer = build_optimizer(Small(lambda t: t + 1e6, vector(0.0)), options, vector(0.0))
    states = [float(optimizer.step().theta) for _ in range(6)]
    rates = [a - b for a, b in itertools.pairwise(states)]
    assert rates == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.025], rel=1e-4)
