"""ANaGRAM and energy natural gradient: their steps, cut-offs, limits and odd shapes."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from pydantic import ValidationError

from pdedsl import api
from pdedsl.compiler.residual.build import build
from pdedsl.optimizers.gauss_newton.anagram import Anagram, AnagramOptions
from pdedsl.optimizers.gauss_newton.engd import EnergyNaturalGradient, EngdOptions
from pdedsl.optimizers.protocol import Ended
from pdedsl.settings.load import load_method
from pdedsl.training.train import train
from tests.conftest import ROOT

from .systems import Small, bad, linear, rosenbrock, shallow, stepped, vector

BUILDERS = {
    "absolute": lambda s: Anagram(s, AnagramOptions(cutoff=1e-7), s.theta0),
    "relative": lambda s: Anagram(s, AnagramOptions(), s.theta0),
    "several": lambda s: Anagram(s, AnagramOptions(cutoffs=6), s.theta0),
    "engd": lambda s: EnergyNaturalGradient(s, EngdOptions(), s.theta0),
}


@pytest.fixture(params=BUILDERS)
def build_optimizer(request):
    return BUILDERS[request.param]


def _graded(condition, rows=30, columns=10, dtype=torch.float64):
    """r = A(θ − θ*) with singular values from 1 down to 1/κ; A and θ*."""
    generator = torch.Generator().manual_seed(5)
    u, _ = torch.linalg.qr(torch.randn(rows, columns, dtype=torch.float64, generator=generator))
    v, _ = torch.linalg.qr(torch.randn(columns, columns, dtype=torch.float64, generator=generator))
    sigma = condition ** -torch.linspace(0, 1, columns, dtype=torch.float64)
    matrix, best = (u * sigma) @ v.T, torch.ones(columns, dtype=torch.float64)
    matrix, best = matrix.to(dtype), best.to(dtype)
    return Small(lambda t: matrix @ (t - best), torch.zeros_like(best)), matrix, best


def test_one_step_to_the_minimiser_of_a_linear_problem(build_optimizer):
    system, matrix, right = linear()
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    step, after = stepped(build_optimizer(system), 2)
    assert torch.allclose(step.theta, best, rtol=1e-12, atol=1e-13)
    assert after.ended is Ended.MINIMUM


def test_rosenbrock(build_optimizer):
    steps = stepped(build_optimizer(rosenbrock()), 60)
    assert steps[-1].loss < 1e-28
    assert torch.allclose(steps[-1].theta, vector(1.0, 1.0), atol=1e-13)


def test_the_loss_never_rises(build_optimizer):
    losses = [step.loss for step in stepped(build_optimizer(shallow()), 60)]
    assert all(b <= a for a, b in itertools.pairwise(losses))
    assert losses[-1] < 1e-8


def test_the_step_is_that_of_the_truncated_pseudo_inverse():
    """Against torch's own decomposition of J, for each cut-off between two singular values."""
    system, matrix, best = _graded(1e4)
    left, sigma, right = torch.linalg.svd(matrix, full_matrices=False)
    for kept in range(1, len(sigma)):
        cutoff = float((sigma[kept - 1] * sigma[kept]).sqrt())
        (step,) = stepped(Anagram(system, AnagramOptions(cutoff=cutoff), system.theta0), 1)
        residual = matrix @ (system.theta0 - best)
        expected = -right[:kept].T @ ((left[:, :kept].T @ residual) / sigma[:kept])
        assert torch.allclose(step.theta, expected, rtol=0, atol=1e-11)


def test_a_relative_cut_off_is_a_part_of_the_largest_singular_value():
    system, matrix, _ = _graded(1e4)
    largest = float(torch.linalg.svdvals(matrix)[0])
    absolute = Anagram(system, AnagramOptions(cutoff=0.01 * largest), system.theta0).step()
    relative = Anagram(system, AnagramOptions(relative=0.01), system.theta0).step()
    assert torch.equal(absolute.theta, relative.theta)


SEVERAL = [{"cutoffs": 8}, {"cutoff": (1e-2, 1e-6, 1e-4)}]


@pytest.mark.parametrize("options", SEVERAL)
def test_several_cut_offs_take_the_best_up_to_one_that_keeps_its_promise(options):
    """On a curved line short steps in few directions can do better than the whole step."""
    better = 0
    for seed in range(12):
        system = shallow()
        system.theta0 = 2 * system.initial(seed)
        residual, jacobian = system.residual_and_jacobian(system.theta0)
        left, sigma, _ = torch.linalg.svd(jacobian, full_matrices=False)
        epsilon, largest, single = torch.finfo(torch.float64).eps, float(sigma[0]), []
        cutoffs = options.get("cutoff") or [
            epsilon * largest * (1e-2 / epsilon) ** (k / 7) for k in range(8)
        ]
        for cutoff in sorted(cutoffs):
            one = Anagram(system, AnagramOptions(cutoff=cutoff), system.theta0).step()
            single.append(one.loss)
            promised = float((left[:, sigma >= cutoff].T @ residual).square().sum())
            if float(residual @ residual) - min(single) >= 0.1 * promised:
                break
        several = Anagram(system, AnagramOptions(**options), system.theta0).step()
        assert several.loss == pytest.approx(min(single), rel=1e-9)
        better += min(single) < 0.99 * single[0]
    assert better >= 3


def test_a_list_costs_one_jacobian():
    calls = []

    class Counted(Small):
        def residual_and_jacobian(self, theta):
            calls.append(theta)
            return super().residual_and_jacobian(theta)

    plain = shallow()
    system = Counted(plain.function, plain.theta0)
    Anagram(system, AnagramOptions(cutoff=(1e-2, 1e-4, 1e-6)), system.theta0).step()
    assert len(calls) == 1


def test_the_square_of_the_condition_number_limits_engd_alone():
    """κ(J) = 1e10, κ(G) = 1e20: the least directions are lost to G, not to J."""
    system, _, best = _graded(1e10)
    for optimizer, least, most in (
        (Anagram(system, AnagramOptions(cutoff=1e-12), system.theta0), 0.0, 1e-5),
        (EnergyNaturalGradient(system, EngdOptions(), system.theta0), 1e-2, math.inf),
    ):
        found = stepped(optimizer, 3)[-1].theta
        assert least <= float((found - best).norm()) <= most


def test_engd_solves_its_normal_equations():
    """Against torch's least-squares solver, κ(G) = 1e12."""
    system, matrix, _ = _graded(1e6)
    residual = system.residual(system.theta0)
    solver = torch.linalg.lstsq(matrix.T @ matrix, (matrix.T @ residual).unsqueeze(1))
    (step,) = stepped(EnergyNaturalGradient(system, EngdOptions(), system.theta0), 1)
    assert torch.allclose(step.theta, -solver.solution.squeeze(1), rtol=1e-3)
    assert step.loss < 1e-20 * float(residual @ residual)


def test_engd_leaves_out_eigenvalues_below_rcond():
    system, matrix, best = _graded(1e4)
    _, sigma, right = torch.linalg.svd(matrix, full_matrices=False)
    ratio = float(sigma[3] * sigma[4] / sigma[0] ** 2)
    step = EnergyNaturalGradient(system, EngdOptions(rcond=ratio), system.theta0).step()
    assert torch.allclose(step.theta, right[:4].T @ (right[:4] @ best), atol=1e-7)


def test_without_parameters_that_matter_it_is_a_minimum(build_optimizer):
    system = Small(lambda t: 0 * t + 1.0, vector(1.0, 2.0))
    (step,) = stepped(build_optimizer(system), 1)
    assert (step.ended, step.loss) == (Ended.MINIMUM, 2.0)


def test_no_residual_left_is_a_minimum(build_optimizer):
    system = Small(lambda t: t - 1.0, vector(1.0, 1.0))
    (step,) = stepped(build_optimizer(system), 1)
    assert (step.ended, step.loss) == (Ended.MINIMUM, 0.0)


def test_a_cut_off_above_all_singular_values_stalls():
    system, _, _ = _graded(10.0)
    (step,) = stepped(Anagram(system, AnagramOptions(cutoff=100.0), system.theta0), 1)
    assert step.ended is Ended.STALLED
    assert torch.equal(step.theta, system.theta0)


def test_one_parameter(build_optimizer):
    steps = stepped(
        build_optimizer(Small(lambda t: torch.cat((t**2 - 2.0, t**2 - 2)), vector(3.0))), 30
    )
    assert float(steps[-1].theta) == pytest.approx(math.sqrt(2.0), rel=1e-14)


def test_more_parameters_than_rows(build_optimizer):
    """Dependent columns; the least-norm step leaves the others where they are."""
    system = Small(
        lambda t: torch.stack((t[:3].square().sum() - 2.0, t[0] * t[1] - 1.0)),
        torch.tensor([0.7, 0.6, 0.5, 0.4, 0.3], dtype=torch.float64),
    )
    steps = stepped(build_optimizer(system), 40)
    assert steps[-1].loss < 1e-26
    assert steps[-1].theta[3:].tolist() == pytest.approx([0.4, 0.3], abs=1e-14)


def test_a_derivative_that_is_no_number_is_passed_on(build_optimizer):
    """√|θ| has the value 0 at 0, and no derivative there."""
    system = Small(lambda t: torch.sqrt(t), vector(0.0, 1.0))
    assert math.isnan(stepped(build_optimizer(system), 1)[0].loss)
    assert math.isnan(stepped(build_optimizer(bad()), 1)[0].loss)


@pytest.mark.parametrize("name", BUILDERS)
def test_single_precision(name):
    if name == "absolute":
        options = AnagramOptions(cutoff=1e-5)
        system, _, best = _graded(10.0, dtype=torch.float32)
        optimizer = Anagram(system, options, system.theta0)
    else:
        system, _, best = _graded(10.0, dtype=torch.float32)
        optimizer = BUILDERS[name](system)
    step = stepped(optimizer, 4)[-1]
    assert step.theta.dtype == torch.float32
    assert torch.allclose(step.theta, best, atol=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {"cutoff": 1e-6, "relative": 1e-6},
        {"cutoff": 1e-6, "cutoffs": 4},
        {"relative": 0.1, "cutoffs": 2},
    ],
)
def test_one_cut_off_at_a_time(options):
    with pytest.raises(ValidationError, match="one of cutoff, relative and cutoffs"):
        AnagramOptions(**options)


def test_an_empty_list_of_cut_offs_is_refused():
    with pytest.raises(ValidationError, match="the list is empty"):
        AnagramOptions(cutoff=())


@pytest.mark.parametrize(
    ("preset", "sets", "bound"),
    [
        ("anagram", {"optimizer.cutoff": 1e-3}, 1e-5),
        ("anagram", {}, 1e-4),
        ("engd", {"optimizer.iterations": 150}, 1e-2),  # it stays on a plateau for some sixty
    ],
)
def test_presets_solve_a_spec(preset, sets, bound):
    method, _ = load_method(preset, {"optimizer.iterations": 50, **sets})
    problem = api.load(ROOT / "specs" / "poisson_2d.pde")
    system = build(problem, method.model, method.sampling.points, "grid", method.weights, seed=0)
    assert system.rows == 900 + 120
    outcome = train(system, method)
    axis = torch.linspace(0, 1, 41, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    exact = torch.sin(torch.pi * points).prod(dim=1)
    assert float((system.fields(outcome.theta, points)["u"] - exact).norm() / exact.norm()) < bound
