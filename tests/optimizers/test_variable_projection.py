"""Variable projection: its linear problem, where it applies, and what it gains."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

import pdedsl
from pdedsl.optimizers.gauss_newton.lm import LevenbergMarquardt, LmOptions
from pdedsl.optimizers.gauss_newton.variable_projection import PartlyDamped, VariableProjection
from pdedsl.optimizers.registry import build_optimizer
from tests.small import FAMILY, FLOW, HEAT, LINE, NUMBER, ODES, PLANE

from .systems import steps_of

NONLINEAR = """problem "square"
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_xx + u^2 = 0
bc: u = 1  on boundary
"""


def _system(text, **model):
    points = {"eq": 600, "bc": 200, "ic": 100}
    options = {"kind": "mlp", "width": 12, "depth": 1, "activation": "sin"} | model
    return pdedsl.compile(pdedsl.parse(text), model=options, points=points)


def _problem(rows=30, free=4, others=6, seed=0):
    """J with c at scattered places, r, c, and A, W."""
    generator = torch.Generator().manual_seed(seed)

    def randn(*shape):
        return torch.randn(*shape, dtype=torch.float64, generator=generator)

    jacobian, residual = randn(rows, free + others), 10 * randn(rows)
    places = torch.randperm(free + others, generator=generator)[:free]
    rest = torch.tensor([k for k in range(free + others) if k not in places])
    noise = residual / residual.norm()
    fitting = 3 * jacobian[:, places] @ randn(free) + 1e-3 * noise * min(1.0, rows / 30)
    return jacobian, fitting, places, rest, torch.zeros(free, dtype=torch.float64)


@pytest.mark.parametrize("damping", [1e-6, 0.3, 20.0])
@pytest.mark.parametrize("rows", [30, 11, 7])
def test_the_step_minimises_with_damping_on_the_others_alone(damping, rows):
    """Against the augmented least-squares problem, with rows √λ for the damped parameters."""
    jacobian, residual, places, rest, values = _problem(rows)
    model = PartlyDamped(jacobian, -residual, places, values)
    assert model.free_directions == len(places)
    ridge = torch.zeros(len(rest), 10, dtype=torch.float64)
    ridge[torch.arange(len(rest)), rest] = damping**0.5
    right = torch.cat((-residual, torch.zeros(len(rest), dtype=torch.float64)))
    best = torch.linalg.lstsq(torch.cat((jacobian, ridge)), right[:, None]).solution[:, 0]
    step = model.solve(-residual, damping)
    assert torch.allclose(step, best, rtol=1e-8, atol=1e-9)
    after = residual + jacobian @ step
    decrease = float(residual @ residual - after @ after)
    assert model.decrease(-residual, damping) == pytest.approx(decrease)


def test_the_free_step_is_the_best_c_alone():
    jacobian, residual, places, rest, values = _problem()
    step = PartlyDamped(jacobian, -residual, places, values).solve(-residual, math.inf)
    best = torch.linalg.lstsq(jacobian[:, places], -residual[:, None]).solution[:, 0]
    assert torch.allclose(step[places], best, rtol=1e-10)
    assert not step[rest].any()


def test_what_is_reachable_is_the_whole_least_squares_problem():
    jacobian, residual, places, _, values = _problem()
    best = torch.linalg.lstsq(jacobian, -residual[:, None]).solution[:, 0]
    left = float((residual + jacobian @ best).square().sum())
    found = PartlyDamped(jacobian, -residual, places, values).reachable(-residual)
    assert found == pytest.approx(float(residual @ residual) - left)


def test_directions_that_do_not_pay_are_damped():
    """r has no part along two of four singular directions of A but what c puts there."""
    jacobian, _, places, rest, _ = _problem()
    own = jacobian[:, places]
    left, _, right = torch.linalg.svd(own, full_matrices=False)
    values = right[:2].T @ torch.tensor([1.0, -2.0], dtype=torch.float64)
    noise = torch.linalg.qr(torch.cat((left, jacobian[:, rest]), dim=1))[0][:, -1]
    residual = 5 * left[:, 0] + 3 * left[:, 1] + own @ values + 1e-6 * noise
    model = PartlyDamped(jacobian, -residual, places, values)
    assert model.free_directions == 2
    # With a large damping the others stay, and so do the damped directions of c.
    step = model.solve(-residual, 1e12)
    assert torch.allclose(right[2:] @ step[places], torch.zeros(2, dtype=torch.float64), atol=1e-8)
    assert float((right[:2] @ step[places]).abs().min()) > 0.1


def test_columns_that_depend_on_each_other():
    jacobian, residual, places, _, values = _problem()
    jacobian[:, places[1]] = jacobian[:, places[0]]
    jacobian[:, places[2]] = 0.0
    model = PartlyDamped(jacobian, -residual, places, values)
    assert model.free_directions <= 2
    step = model.solve(-residual, 1e-8)
    assert torch.isfinite(step).all()
    left = torch.linalg.lstsq(jacobian, -residual[:, None], driver="gelsd").solution[:, 0]
    reached = float((residual + jacobian @ step).square().sum())
    assert reached == pytest.approx(float((residual + jacobian @ left).square().sum()), rel=1e-6)


@pytest.mark.parametrize("text", [LINE, PLANE, HEAT, ODES, FLOW])
@pytest.mark.parametrize("model", [{}, {"depth": 2}, {"hard": True}, {"kind": "modified_mlp"}])
def test_residuals_are_affine_in_the_last_layers(text, model):
    """r(θ + d) − r(θ) = J d for d in the last layers, however long."""
    system = _system(text, **model)
    places = system.affine_parameters
    theta, direction = system.theta0, torch.zeros_like(system.theta0)
    direction[places] = torch.linspace(-3, 5, len(places), dtype=torch.float64)
    residual, jacobian = system.residual_and_jacobian(theta)
    after = system.residual(theta + direction)
    scale = float((jacobian.abs() @ direction.abs()).max())
    assert torch.allclose(after - residual, jacobian @ direction, rtol=0, atol=1e-12 * scale)
    assert len(places) == sum((12 + 1) * network.model.outputs for network in system.networks)


@pytest.mark.parametrize(
    ("text", "model"),
    [(NONLINEAR, {}), (NUMBER, {}), (LINE, {"kind": "basis", "family": "legendre", "modes": 5})],
)
def test_elsewhere_it_is_plain_lm(text, model):
    options = model or {"kind": "mlp", "width": 6, "depth": 1}
    system = pdedsl.compile(pdedsl.parse(text), model=options, points={"eq": 30})
    assert system.affine_parameters is None
    built = build_optimizer(system, LmOptions(projection=True), system.theta0)
    assert type(built) is LevenbergMarquardt


def test_off_by_default():
    system = _system(LINE)
    assert type(build_optimizer(system, LmOptions(), system.theta0)) is LevenbergMarquardt
    built = build_optimizer(system, LmOptions(projection=True), system.theta0)
    assert type(built) is VariableProjection


def test_the_loss_never_rises_and_is_that_of_the_state():
    system = _system(HEAT)
    steps = steps_of(build_optimizer(system, LmOptions(projection=True), system.theta0), 15)
    losses = [float(system.loss(system.theta0)), *(s.loss for s in steps)]
    assert all(b <= a for a, b in itertools.pairwise(losses))
    assert all(s.loss == pytest.approx(float(system.loss(s.theta)), rel=1e-6) for s in steps)


@pytest.mark.parametrize("text", [HEAT, PLANE])
def test_a_wide_layer_of_sines_is_accurate_after_few_steps(text):
    """Orders below plain lm after as many steps."""
    system = _system(text, width=100, bandwidth=2.0)
    found = {}
    for projection in (False, True):
        optimizer = build_optimizer(system, LmOptions(projection=projection), system.theta0)
        found[projection] = min(s.loss for s in steps_of(optimizer, 4))
    assert found[True] < 1e-5 * float(system.loss(system.theta0))
    assert found[True] < 1e-3 * found[False]


def test_a_residual_that_is_no_number_is_passed_on():
    text = LINE.replace("-k^2*sin(k*x)", "log(x - 0.5)")
    system = _system(text)
    step = build_optimizer(system, LmOptions(projection=True), system.theta0).step()
    assert step.loss != step.loss


def test_single_precision():
    options = {"kind": "mlp", "width": 20, "depth": 1, "activation": "sin"}
    system = pdedsl.compile(pdedsl.parse(LINE), model=options, points={"eq": 100}, dtype="float32")
    optimizer = build_optimizer(system, LmOptions(projection=True), system.theta0)
    steps = steps_of(optimizer, 8)
    assert steps[-1].theta.dtype == torch.float32
    assert min(s.loss for s in steps) < 1e-4 * float(system.loss(system.theta0))


def test_a_family_has_a_last_layer_too():
    assert _system(FAMILY).affine_parameters is not None


def test_directions_pay_beside_what_no_parameter_reaches():
    """‖r‖² is 1 at the least: what directions of 0.3² could still remove does not pay."""
    generator = torch.Generator().manual_seed(0)
    basis, _ = torch.linalg.qr(torch.randn(200, 61, dtype=torch.float64, generator=generator))
    triangle = torch.randn(60, 60, dtype=torch.float64, generator=generator).triu()
    jacobian = basis[:, :60] @ (triangle + 5 * torch.eye(60, dtype=torch.float64))
    inside = 0.3 * basis[:, :20].sum(dim=1)
    places, values = torch.arange(20), torch.zeros(20, dtype=torch.float64)
    for outside, expected in ((0.0, 20), (1.0, 0)):
        model = PartlyDamped(jacobian, -inside - outside * basis[:, 60], places, values)
        assert model.free_directions == expected
