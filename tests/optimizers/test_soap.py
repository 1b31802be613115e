"""SGD and SOAP: their rules written out again, refreshed bases, known minima."""

from __future__ import annotations

import math

import pytest
import torch

from pdedsl.linalg.layers import LinearLayer
from pdedsl.optimizers.first_order.sgd import Sgd, SgdOptions
from pdedsl.optimizers.first_order.soap import Side, Soap, SoapOptions, SoapRule
from pdedsl.optimizers.protocol import Ended

from .systems import Small, bad, linear, rosenbrock, steps_of, vector


def _best(optimizer, count):
    return min(step.loss for step in steps_of(optimizer, count))


def _matrix_problem(seed=0):
    """‖C W D − E‖² for W of shape (4, 3), with a bias that is another parameter."""
    generator = torch.Generator().manual_seed(seed)
    c, d, e = (
        torch.randn(*s, dtype=torch.float64, generator=generator) for s in ((6, 4), (3, 5), (6, 5))
    )
    spread = torch.tensor([1.0, 0.1, 0.01, 1e-3], dtype=torch.float64)

    def residual(theta):
        return ((c * spread) @ theta[:12].view(4, 3) @ d - e + theta[12:].sum()).flatten()

    system = Small(residual, torch.zeros(14, dtype=torch.float64), linear=True)
    system.given_layers = (LinearLayer(0, 12, 4, 3),)
    return system


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_is_its_formula(nesterov):
    system = rosenbrock()
    options = SgdOptions(rate=1e-4, momentum=0.8, nesterov=nesterov, decay=0.5, decay_every=3)
    optimizer = Sgd(system, options, system.theta0)
    theta, velocity = system.theta0, torch.zeros(2, dtype=torch.float64)
    for number in range(8):
        assert torch.allclose(optimizer.step().theta, theta, rtol=1e-12)
        gradient = system.loss_and_grad(theta)[1]
        velocity = 0.8 * velocity + gradient
        move = gradient + 0.8 * velocity if nesterov else velocity
        theta = theta - 1e-4 * 0.5 ** (number // 3) * move


def test_sgd_wants_momentum_for_nesterov():
    with pytest.raises(ValueError, match="nesterov needs a momentum"):
        SgdOptions(nesterov=True, momentum=0.0)


def test_soap_with_fixed_axes_is_adam():
    """Without matrices it is Adam: each step by the formula of Kingma and Ba."""
    system = rosenbrock()
    optimizer = Soap(system, SoapOptions(rate=0.01, betas=(0.9, 0.99)), system.theta0)
    reference = system.theta0.clone().requires_grad_(True)
    adam = torch.optim.Adam([reference], lr=0.01, betas=(0.9, 0.99))
    for _ in range(20):
        assert torch.allclose(optimizer.step().theta, reference.detach(), rtol=1e-10)
        reference.grad = system.loss_and_grad(reference.detach())[1]
        adam.step()


def test_soap_is_its_formula_while_the_basis_stays():
    system = _matrix_problem()
    options = SoapOptions(rate=0.01, betas=(0.9, 0.8), refresh=100)
    optimizer = Soap(system, options, system.theta0)
    mean = square = torch.zeros(4, 3, dtype=torch.float64)
    for t in range(1, 6):
        before = optimizer.step().theta
        g = system.loss_and_grad(before)[1][:12].view(4, 3)
        left, right = (side.basis for side in optimizer._rule._sides[0])
        if t == 1:
            rotated = (left.T @ g @ g.T @ left, right.T @ g.T @ g @ right)
            assert all(torch.allclose(m, m.diagonal().diag(), atol=1e-9) for m in rotated)
        mean = 0.9 * mean + 0.1 * g
        square = 0.8 * square + 0.2 * (left.T @ g @ right) ** 2
        part = (left.T @ mean @ right / (1 - 0.9**t)) / ((square / (1 - 0.8**t)).sqrt() + 1e-8)
        moved = optimizer._parameters.detach() - before
        expected = -0.01 * (left @ part @ right.T).flatten()
        # Entries of the first G' are rounding, which ε = 1e-8 divides.
        assert torch.allclose(moved[:12], expected, rtol=1e-9, atol=1e-8)


def test_power_steps_find_the_eigenvectors():
    generator = torch.Generator().manual_seed(1)
    q = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64, generator=generator))[0]
    values = torch.tensor([0.1, 5.0, 0.5, 30.0, 1e-3, 1.0], dtype=torch.float64)
    matrix = (q * values) @ q.T
    side = Side(matrix, torch.eye(6, dtype=torch.float64))
    for _ in range(60):
        side.refresh()
    found = side.basis.T @ matrix @ side.basis
    assert torch.allclose(found.diagonal(), values.sort(descending=True)[0], rtol=1e-10)
    assert float((found - found.diagonal().diag()).abs().max()) < 1e-10
    assert torch.allclose(side.basis.T @ side.basis, torch.eye(6, dtype=torch.float64))


def test_sorted_columns_take_their_second_moments_with_them():
    layer = LinearLayer(0, None, 2, 2)
    parameters = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    rule = SoapRule(parameters, (layer,), SoapOptions(refresh=1))
    eye = torch.eye(2, dtype=torch.float64)
    rule._sides = [(Side(vector(1.0, 9.0).diag(), eye), Side(vector(4.0, 1.0).diag(), eye))]
    rule._square = vector(1.0, 2.0, 3.0, 4.0)
    rule._refresh()
    assert torch.equal(rule._square, vector(3.0, 4.0, 1.0, 2.0))
    assert torch.equal(rule._sides[0][0].basis.abs(), eye.flip(0))


def test_soap_is_ahead_of_adam_on_a_matrix_problem():
    least = _lstsq_loss(_matrix_problem())
    made = _matrix_problem()
    soap = _best(Soap(made, SoapOptions(rate=0.03, refresh=2), made.theta0), 300)
    plain = _matrix_problem()
    plain.given_layers = ()
    adam = _best(Soap(plain, SoapOptions(rate=0.03), plain.theta0), 300)
    assert soap - least < adam - least


def _lstsq_loss(system):
    residual, jacobian = system.residual_and_jacobian(system.theta0)
    step = torch.linalg.lstsq(jacobian, -residual.unsqueeze(1), driver="gelsd").solution[:, 0]
    return float((residual + jacobian @ step).square().sum())


@pytest.mark.parametrize(
    "make",
    [
        lambda s: Sgd(s, SgdOptions(rate=5e-3, decay=1.0), s.theta0),
        lambda s: Soap(s, SoapOptions(rate=0.02, decay_every=100, decay=0.6), s.theta0),
    ],
    ids=["sgd", "soap"],
)
class TestBoth:
    def test_linear_least_squares(self, make):
        system, _, _ = linear()
        assert _best(make(system), 1500) == pytest.approx(_lstsq_loss(system), rel=1e-6)

    def test_a_zero_gradient_ends(self, make):
        system = Small(lambda t: 0 * t + 1.0, vector(1.0, 2.0))
        assert make(system).step().ended is Ended.MINIMUM

    def test_a_zero_residual_ends(self, make):
        system = Small(lambda t: t**2, vector(0.0))
        step = make(system).step()
        assert (step.loss, step.ended) == (0.0, Ended.MINIMUM)

    def test_no_number_is_passed_on(self, make):
        optimizer = make(bad())
        assert all(math.isnan(optimizer.step().loss) for _ in range(2))

    def test_no_number_in_the_gradient_alone(self, make):
        system = Small(lambda t: torch.sqrt(t), vector(0.0, 1.0))
        assert math.isnan(make(system).step().loss)

    def test_single_precision(self, make):
        wide, _, _ = linear()
        exact = wide.function
        system = Small(lambda t: exact(t.double()).float(), wide.theta0.float())
        assert _best(make(system), 1000) == pytest.approx(_lstsq_loss(wide), rel=1e-4)
