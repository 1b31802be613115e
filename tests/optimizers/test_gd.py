"""Gradient descent: spectra, rates, counts, and what preconditioning gains."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.linalg.cholesky import GramInverse
from pdedsl.linalg.largest_eigenvalue import largest_eigenvalue
from pdedsl.optimizers.first_order.adam import AdamOptions
from pdedsl.optimizers.first_order.gd import GdOptions, GradientDescent, gradient_descent
from pdedsl.optimizers.first_order.gd_affine import AffineDescent
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.protocol import Ended
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method, Sampling, Schedule, Starts
from pdedsl.training.train import train
from tests import small

from .systems import Small, bad, linear, shallow, vector

ADVECTION = """problem "advection"
param   beta = 30
domain  Omega: x in [0, 2*pi]
time    t in [0, 0.1]
unknown u(x, t)
eq: u_t + beta*u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x
exact u = sin(x - beta*t)
"""


def _draw(rows, columns, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(rows, columns, dtype=torch.float64, generator=generator)


def _graded(kappa, rows=30, columns=8, rest=1.0):
    """r = J(θ − θ*) − e with eigenvalues of JᵀJ from 3 down to 3/κ, and e outside the range."""
    left = torch.linalg.qr(_draw(rows, columns + 1, 0))[0]
    right = torch.linalg.qr(_draw(columns, columns, 1))[0]
    squares = 3.0 * torch.logspace(0.0, -1.0, columns, base=kappa, dtype=torch.float64)
    jacobian = left[:, :columns] @ (squares.sqrt()[:, None] * right.T)
    best = _draw(columns, 1, 2)[:, 0]
    system = Small(
        lambda t: jacobian @ (t - best) - rest * left[:, columns],
        torch.zeros(columns, dtype=torch.float64),
        linear=True,
    )
    return system, squares, right.T @ best, best


def _make(descent, count):
    """So many iterations; the last step."""
    while count:
        step = descent.steps(count)
        count -= step.iterations
    return step


def _losses(squares, parts, rest, rate, count):
    """Σ_j (1 − ημ_j)^{2ℓ} μ_j c_j² + minimum."""
    return float(((1 - rate * squares) ** (2 * count) * squares * parts**2).sum()) + rest**2


@pytest.mark.parametrize("relaxation", [0.5, 1.0, 1.9])
@pytest.mark.parametrize(("kappa", "rest"), [(500.0, 1.0), (1e4, 0.0), (1e4, 0.3), (1e6, 1e-3)])
def test_losses_are_those_of_the_spectral_formula(kappa, rest, relaxation):
    system, squares, parts, _ = _graded(kappa, rest=rest)
    descent = AffineDescent(system, GdOptions(relaxation=relaxation), system.theta0)
    made = 0
    for most in (100, 100, 100, 3, 5, 100, 100, 100, 100, 100, 100):
        made += descent.steps(most).iterations
        expected = _losses(squares, parts, rest, relaxation / 3.0, made)
        assert descent.loss == pytest.approx(expected, rel=1e-9)
        assert float(system.loss(descent.theta)) == pytest.approx(expected, rel=1e-9)
    assert made == 392


def test_a_hundred_thousand_iterations_stay_on_the_formula():
    system, squares, parts, _ = _graded(1e5, rest=0.0)
    outcome = train(system, Method(optimizer=GdOptions(iterations=100_000)))
    assert outcome.iterations == 1 + 100_000
    expected = _losses(squares, parts, 0.0, 1 / 3.0, 100_000)
    assert outcome.loss == pytest.approx(expected, rel=1e-9)
    assert outcome.loss < 0.2 * _losses(squares, parts, 0.0, 1 / 3.0, 10_000)


@pytest.mark.parametrize("relaxation", [0.3, 1.0])
def test_the_distance_to_the_minimiser_contracts(relaxation):
    """By 1 − c/κ in every iteration."""
    kappa = 200.0
    system, _, _, best = _graded(kappa)
    descent = AffineDescent(system, GdOptions(relaxation=relaxation), system.theta0)
    distances = [float(best.norm())]
    distances += [float((descent.step().theta - best).norm()) for _ in range(300)]
    factor = 1 - relaxation / kappa
    assert all(b <= factor * a * (1 + 1e-12) for a, b in itertools.pairwise(distances))


def test_the_best_relaxation_is_that_of_both_ends_of_the_spectrum():
    """2κ/(κ + 1) contracts by (κ − 1)/(κ + 1), and is better than its neighbours."""
    kappa = 30.0
    system, _, _, best = _graded(kappa, rest=0.0)
    found = {}
    for relaxation in (1.8, 2 * kappa / (kappa + 1), 1.985):
        descent = AffineDescent(system, GdOptions(relaxation=relaxation), system.theta0)
        _make(descent, 100)
        found[relaxation] = float((descent.theta - best).norm())
    worst, middle, other = found.values()
    assert middle <= ((kappa - 1) / (kappa + 1)) ** 100 * float(best.norm()) * (1 + 1e-9)
    assert middle < min(worst, other)


def test_kept_and_fresh_jacobians_make_the_same_iterates():
    system, _, _, _ = _graded(100.0)
    kept = AffineDescent(system, GdOptions(rate=0.3), system.theta0)
    fresh = GradientDescent(system, GdOptions(rate=0.3), system.theta0)
    for _ in range(40):
        fresh.step()
    assert torch.allclose(_make(kept, 40).theta, fresh.theta, rtol=1e-11)


@pytest.mark.parametrize("epsilon", [1e-8, 1e-3, 1.0])
def test_preconditioned_losses_are_those_of_the_spectral_formula(epsilon):
    """The eigenvalues of (A + ε λ_max)⁻¹A are μ/(μ + 3ε), with the same eigenvectors."""
    system, squares, parts, _ = _graded(1e4, rest=0.5)
    options = GdOptions(preconditioner="gram", epsilon=epsilon, relaxation=0.2)
    descent = AffineDescent(system, options, system.theta0)
    values = squares / (squares + 3.0 * epsilon)
    shrink = (1 - 0.2 * values / values[0]) ** (2 * 60)
    expected = float((shrink * squares * parts**2).sum()) + 0.25
    assert _make(descent, 60).loss == pytest.approx(expected, rel=1e-9)


def test_the_preconditioned_gradient_solves_a_linear_problem_at_once():
    options = GdOptions(preconditioner="gram")
    system, _, _, best = _graded(1e6, rest=0.0)
    descent = AffineDescent(system, options, system.theta0)
    assert torch.allclose(_make(descent, 5).theta, best, atol=1e-8)
    system, _, _, _ = _graded(1e6, rest=1.0)
    descent = AffineDescent(system, options, system.theta0)
    assert _make(descent, 2).loss == pytest.approx(1.0, abs=1e-9)
    assert descent.step().ended is Ended.MINIMUM


@pytest.mark.parametrize("shape", [(5, 5), (4, 9), (9, 4)])
def test_all_shapes_end_at_a_minimum(shape):
    jacobian, right = _draw(*shape, 5), _draw(shape[0], 1, 6)[:, 0]
    start = torch.zeros(shape[1], dtype=torch.float64)
    system = Small(lambda t: jacobian @ t - right, start, linear=True)
    least = float((jacobian @ (torch.linalg.pinv(jacobian) @ right) - right).square().sum())
    descent = AffineDescent(system, GdOptions(), start)
    losses = [_make(descent, 100).loss for _ in range(500)]
    assert losses[-1] == pytest.approx(least, rel=1e-8, abs=1e-18)


def test_equal_columns_end_at_the_minimum_nearest_to_the_start():
    """Descent never leaves the row space of J, so the difference of equal columns stays."""
    column = _draw(12, 1, 3)
    jacobian = torch.cat([column, column, _draw(12, 1, 4)], dim=1)
    right = _draw(12, 1, 8)[:, 0]
    system = Small(lambda t: jacobian @ t - right, vector(1.0, 0.0, 0.0), linear=True)
    outcome = train(system, Method(optimizer=GdOptions()))
    assert outcome.status == "converged"
    assert "minimum" in outcome.reason
    assert float(outcome.theta[0] - outcome.theta[1]) == pytest.approx(1.0, rel=1e-12)


def test_the_system_decides_between_kept_and_fresh_jacobians():
    kept = gradient_descent(linear()[0], GdOptions(), linear()[0].theta0)
    assert isinstance(kept, AffineDescent)
    assert isinstance(gradient_descent(shallow(), GdOptions(), shallow().theta0), GradientDescent)
    large = linear()[0]
    assert isinstance(gradient_descent(_Tall(large), GdOptions(), large.theta0), GradientDescent)


class _Tall:
    """A linear system that says it has more rows than are kept."""

    linear, rows, parameters = True, 10**8, 5

    def __init__(self, system):
        self.loss_and_grad = system.loss_and_grad


def test_looks_at_the_loss_grow_rarer():
    system, _, _, _ = _graded(1e6)
    descent = AffineDescent(system, GdOptions(inner=20), system.theta0)
    counts = [descent.steps(10**6).iterations for _ in range(8)]
    assert counts == [1, 1, 2, 4, 8, 16, 20, 20]


def test_iterations_are_gradient_steps():
    system, _, _, _ = _graded(1e6)
    for inner in (1, 7, 100, 5000):
        outcome = train(system, Method(optimizer=GdOptions(iterations=1234, inner=inner)))
        assert (outcome.status, outcome.iterations) == ("iterations", 1 + 1234)
        assert outcome.history[-1].iteration == 1 + 1234
    assert "all 1234 iterations" in outcome.reason


def test_patience_counts_gradient_steps():
    system, _, _, _ = _graded(1e6)
    outcome = train(system, Method(optimizer=GdOptions(patience=700, inner=100)))
    assert outcome.status == "stagnated"
    assert 1 + 700 <= outcome.iterations < 1 + 1500


def test_fresh_points_come_between_the_iterations_they_are_asked_for():
    system, _, _, _ = _graded(1e6)
    options = GdOptions(iterations=260, inner=100)
    train(system, Method(optimizer=options, sampling=Sampling(resample=70)), seed=5)
    assert system.seeds == [5 + 71, 5 + 141, 5 + 211]


def test_starts_count_gradient_steps():
    system, _, _, _ = _graded(1e6)
    schedule = Schedule(starts=Starts(seeds=2, iterations=130))
    method = Method(optimizer=GdOptions(iterations=50), schedule=schedule)
    assert train(system, method).iterations == 1 + 2 * 130 + 50


def test_interrupted_and_out_of_budget():
    system, _, _, _ = _graded(1e6)
    answers = itertools.chain([False] * 4, itertools.repeat(True))
    method = Method(optimizer=GdOptions(iterations=10**9, patience=10**9))
    outcome = train(system, method, should_stop=lambda: next(answers))
    assert (outcome.status, outcome.iterations) == ("interrupted", 1 + 8)
    outcome = train(system, method, budget=0.2)
    assert outcome.status == "budget"


def test_too_large_a_rate_diverges_on_a_linear_problem():
    system, _, _, _ = _graded(100.0)
    outcome = train(system, Method(optimizer=GdOptions(rate=0.7)))
    assert outcome.status == "diverged"
    assert "smaller rate" in outcome.reason
    stable = train(system, Method(optimizer=GdOptions(rate=0.66)))
    assert stable.status == "converged"


@pytest.mark.parametrize("preconditioner", ["none", "gram"])
def test_the_loss_of_a_network_never_rises(preconditioner):
    options = GdOptions(rate=50.0, preconditioner=preconditioner)
    system = shallow()
    descent = gradient_descent(system, options, system.theta0)
    losses = [float(system.loss(system.theta0)), *(descent.step().loss for _ in range(60))]
    assert all(b < a for a, b in itertools.pairwise(losses))


def test_a_small_step_of_a_network_is_the_formula():
    """θ − η (JᵀJ + ε λ_max)⁻¹ Jᵀr with everything formed densely."""
    system = shallow()
    options = GdOptions(rate=0.05, preconditioner="gram", epsilon=1e-3)
    step = gradient_descent(system, options, system.theta0).step()
    residual, jacobian = system.residual_and_jacobian(system.theta0)
    gram = jacobian.T @ jacobian
    shift = 1e-3 * torch.linalg.eigvalsh(gram)[-1] * torch.eye(len(gram), dtype=gram.dtype)
    expected = system.theta0 - 0.05 * torch.linalg.solve(gram + shift, jacobian.T @ residual)
    assert torch.allclose(step.theta, expected, rtol=1e-9)


def test_a_state_where_nothing_lowers_the_loss_ends():
    system = Small(lambda t: t.abs() + 1.0, vector(0.0, 0.0))
    descent = gradient_descent(system, GdOptions(), system.theta0)
    assert descent.step().ended in (Ended.MINIMUM, Ended.STALLED)
    flat = Small(lambda t: 0 * t + 1.0, vector(1.0, 2.0))
    assert gradient_descent(flat, GdOptions(), flat.theta0).step().ended is Ended.MINIMUM
    still = Small(lambda t: 0 * t + 1.0, vector(1.0, 2.0), linear=True)
    assert gradient_descent(still, GdOptions(), still.theta0).step().ended is Ended.MINIMUM


def test_a_linear_residual_that_is_no_number_diverges():
    system = bad()
    system.linear = True
    assert train(system, Method(optimizer=GdOptions())).status == "diverged"


def _trained(text, iterations=150, **options):
    system = pdedsl.compile(
        pdedsl.parse(text), {"width": 10, "depth": 1}, points={"eq": 150, "ic": 30, "bc": 20}
    )
    first = float(system.loss(system.theta0))
    outcome = train(system, Method(optimizer=GdOptions(iterations=iterations, **options)))
    return outcome.loss / first, outcome


@pytest.mark.parametrize(("text", "gain"), [(small.LINE, 1e5), (ADVECTION, 20.0)])
def test_the_preconditioned_gradient_is_far_ahead_on_a_small_network(text, gain):
    plain, _ = _trained(text)
    preconditioned, _ = _trained(text, preconditioner="gram")
    assert plain < 1.0
    assert preconditioned < plain / gain


def test_the_preset_of_networks_is_ahead_of_adam_by_orders():
    """On the heat equation, with the network of the preset; Adam has ten times the steps."""
    losses, points = {}, {"sampling.points": {"eq": 400, "bc": 60, "ic": 60}}
    preset = load_method("preconditioned_gradients", points)[0]
    system = pdedsl.compile(
        pdedsl.parse(small.HEAT), preset.model, preset.sampling.points,
        weights=preset.weights,
    )  # fmt: skip
    rivals = {"adam": (AdamOptions(), 400), "gram": (preset.optimizer, 40)}
    for name, (options, count) in rivals.items():
        own = options.model_copy(update={"iterations": count})
        losses[name] = train(system, preset.model_copy(update={"optimizer": own})).loss
    assert losses["gram"] < 1e-2 * losses["adam"]


def test_the_same_numbers_twice():
    for options in ({}, {"preconditioner": "gram"}):
        (_, first), (_, second) = (_trained(small.LINE, 12, **options) for _ in range(2))
        assert torch.equal(first.theta, second.theta)


def test_single_precision():
    jacobian, right = _draw(9, 4, 5).float(), _draw(9, 1, 6)[:, 0].float()
    start = torch.zeros(4)
    system = Small(lambda t: jacobian @ t - right, start, linear=True)
    descent = AffineDescent(system, GdOptions(), start)
    step = _make(descent, 50)
    assert step.theta.dtype == torch.float32
    assert step.loss == pytest.approx(float(system.loss(step.theta)), rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 120), st.integers(0, 10**6))
def test_the_largest_eigenvalue(size, seed):
    root = _draw(size, size + 3, seed)
    gram = root @ root.T
    largest = float(torch.linalg.eigvalsh(gram)[-1])
    assert largest * 0.95 <= largest_eigenvalue(gram.mv, root[:, 0]) <= largest * 1.05
    if size <= 12:
        assert largest_eigenvalue(gram.mv, root[:, 0]) == pytest.approx(largest, rel=2e-4)


def test_the_largest_eigenvalue_of_a_graded_spectrum_and_of_nothing():
    values = torch.logspace(0, -12, 300, dtype=torch.float64)
    assert largest_eigenvalue(lambda v: values * v, values) == pytest.approx(1.0, rel=1e-3)
    assert largest_eigenvalue(lambda v: 0 * v, values) == 0.0


def test_the_inverse_of_a_gram_matrix():
    root = _draw(6, 4, 1)
    gram = root @ root.T
    found = GramInverse(gram, 1e-2)
    largest = torch.linalg.eigvalsh(gram)[-1]
    shifted = gram + 1e-2 * largest * torch.eye(6, dtype=gram.dtype)
    right = _draw(6, 2, 2)
    assert torch.allclose(found.times(right), torch.linalg.solve(shifted, right), rtol=1e-10)
    assert torch.allclose(found.times(right[:, 0]), found.times(right)[:, 0], rtol=1e-12)


def test_an_epsilon_below_rounding_is_raised():
    root = _draw(8, 2, 1).float()
    found = GramInverse(root @ root.T, 1e-12)
    assert found.epsilon > 1e-12
    assert bool(torch.isfinite(found.times(root)).all())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("relaxation = 2.0", "relaxation must be a number below 2"),
        ("relaxation = 0", "relaxation must be a number above 0"),
        ("inner = 0", "inner must be a number of at least 1"),
        ("refresh = -1", "refresh must be a number of at least 0"),
        ('preconditioner = "gramm"', "did you mean gram?"),
        ("epsilon = 0.0", "epsilon must be a number above 0"),
        ("rate = 1\nrelaxation = 1.5", "write either rate or relaxation"),
        ("damping = 1", "there is no key damping in [optimizer]"),
    ],
)
def test_wrong_options_are_explained(tmp_path, line, message):
    file = tmp_path / "m.toml"
    file.write_text(f'[optimizer]\nkind = "gd"\n{line}\n')
    with pytest.raises(UserError) as caught:
        load_method(str(file))
    assert message in str(caught.value)
    assert caught.value.diagnostics[0].span is not None


def test_other_optimizers_make_one_iteration_at_a_time():
    outcome = train(shallow(), Method(optimizer=LmOptions(iterations=7)))
    assert outcome.iterations == 1 + 7
