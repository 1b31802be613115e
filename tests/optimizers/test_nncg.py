"""NysNewton-CG: the approximation, the conjugate gradients, known minima, negative curvature."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl import api
from pdedsl.compiler.residual.build import build
from pdedsl.linalg.conjugate_gradients import conjugate_gradients
from pdedsl.linalg.nystrom import nystrom
from pdedsl.optimizers.protocol import Ended
from pdedsl.optimizers.quasi_newton.nncg import Nncg, NncgOptions

from .systems import Small, bad, linear, rosenbrock, shallow, steps_of, vector

SPECS = Path(__file__).parents[2] / "specs"


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _symmetric(values, seed=0):
    values = torch.as_tensor(values, dtype=torch.float64)
    drawn = torch.randn(len(values), len(values), dtype=torch.float64, generator=_generator(seed))
    q = torch.linalg.qr(drawn)[0]
    return (q * values) @ q.T


def _run(system, count, **options):
    optimizer = Nncg(system, NncgOptions(**options), system.theta0)
    return steps_of(optimizer, count), optimizer


def test_a_matrix_of_low_rank_is_found_exactly():
    matrix = _symmetric([100.0, 3.0, 0.5, 0.1] + [0.0] * 16)
    found = nystrom(lambda v: matrix @ v, matrix[0], 8, _generator())
    made = (found.vectors * found.values) @ found.vectors.T
    assert torch.allclose(made, matrix, atol=1e-10)


def test_full_rank_gives_all_eigenvalues():
    values = 10.0 ** -torch.arange(10, dtype=torch.float64)
    found = nystrom(lambda v: _symmetric(values) @ v, values, 60, _generator())
    assert torch.allclose(found.values, values, atol=1e-14)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_the_approximation_is_below_the_matrix(seed):
    """0 ≤ Ĥ ≤ H (Frangella, Tropp and Udell, lemma 2.1)."""
    matrix = _symmetric(1.0 / torch.arange(1, 25, dtype=torch.float64) ** 2, seed)
    found = nystrom(lambda v: matrix @ v, matrix[0], 6, _generator(seed))
    made = (found.vectors * found.values) @ found.vectors.T
    assert float(torch.linalg.eigvalsh(matrix - made)[0]) > -1e-12
    assert float(found.values.min()) >= 0


def test_an_indefinite_matrix_still_gives_a_positive_preconditioner():
    matrix = _symmetric([5.0, 1.0, 0.1, -2.0, -0.5, 0.0])
    found = nystrom(lambda v: matrix @ v, matrix[0], 4, _generator())
    inverse = torch.stack([found.inverse(1e-3)(e) for e in torch.eye(6).double()])
    assert float(torch.linalg.eigvalsh(inverse)[0]) > 0


def test_the_preconditioner_is_its_formula():
    matrix = _symmetric([5.0, 1.0, 0.1, 0.01, 1e-3])
    found = nystrom(lambda v: matrix @ v, matrix[0], 3, _generator())
    u, mu = found.vectors, 0.02
    v = vector(1.0, -2.0, 3.0, 0.5, 0.0)
    inner = u @ torch.linalg.solve((found.values + mu).diag(), u.T @ v)
    expected = (found.values[-1] + mu) * inner + v - u @ (u.T @ v)
    assert torch.allclose(found.inverse(mu)(v), expected, rtol=1e-12)


def test_conjugate_gradients_end_after_as_many_steps_as_eigenvalues():
    matrix, right = _symmetric([1.0, 1.0, 4.0, 4.0, 9.0, 9.0]), torch.ones(6).double()
    found = conjugate_gradients(lambda v: matrix @ v, right, lambda v: v, None, 1e-12, 20)
    assert found.iterations <= 4
    assert torch.allclose(matrix @ found.x, right, atol=1e-11)


def test_conjugate_gradients_start_where_they_are_told():
    matrix, right = _symmetric([1.0, 2.0, 3.0]), torch.ones(3).double()
    exact = torch.linalg.solve(matrix, right)
    found = conjugate_gradients(lambda v: matrix @ v, right, lambda v: v, exact, 1e-10, 20)
    assert found.iterations == 0


def test_conjugate_gradients_report_negative_curvature():
    matrix = vector(1.0, -1.0).diag()
    found = conjugate_gradients(
        lambda v: matrix @ v, vector(1.0, 2.0), lambda v: v, None, 1e-10, 20
    )
    assert found.negative is not None
    assert float(found.negative @ matrix @ found.negative) <= 0


def test_a_preconditioner_spares_conjugate_gradients():
    values = torch.cat((10.0 ** torch.linspace(8, 0, 12), torch.full((40,), 0.5))).double()
    matrix, right = _symmetric(values), torch.ones(52).double()
    sketch = nystrom(lambda v: matrix @ v, right, 20, _generator())

    def count(inverse):
        return conjugate_gradients(
            lambda v: matrix @ v + 1e-3 * v, right, inverse, None, 1e-6, 500
        ).iterations

    assert count(sketch.inverse(1e-3)) < 0.25 * count(lambda v: v)


def test_a_quadratic_in_two_steps():
    system, matrix, right = linear()
    steps, _ = _run(system, 2, accuracy=1e-13, damping=1e-12)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    assert torch.allclose(steps[-1].theta, best, rtol=1e-10)


def test_an_ill_conditioned_quadratic():
    """κ(JᵀJ) = 1e12: a small rest of the loss, though not every component of θ is found."""
    drawn = torch.linalg.qr(torch.randn(30, 12, dtype=torch.float64, generator=_generator()))[0]
    matrix = drawn @ _symmetric(10.0 ** torch.linspace(0, -6, 12), 1)
    truth = torch.ones(12).double()
    system = Small(lambda t: matrix @ (t - truth), torch.zeros(12).double(), linear=True)
    steps, _ = _run(system, 40, damping=1e-13, accuracy=1e-10)
    assert steps[-1].loss < 1e-24 * float(system.loss(system.theta0))


def test_rosenbrock_to_rounding():
    steps, _ = _run(rosenbrock(), 60)
    assert steps[-1].loss < 1e-20


def test_the_loss_never_rises_and_negative_curvature_is_left():
    """At the start of this network the Hessian has negative eigenvalues below −μ."""
    system = shallow()
    eye = torch.eye(len(system.theta0), dtype=torch.float64)
    hessian = torch.stack([system.hvp(system.theta0, e) for e in eye])
    assert float(torch.linalg.eigvalsh(hessian)[0]) < -1e-3
    steps, _ = _run(system, 12, rank=24)
    losses = [float(system.loss(system.theta0)), *(s.loss for s in steps)]
    assert all(b <= a for a, b in itertools.pairwise(losses))
    assert losses[-1] < 0.1 * losses[0]


def test_steps_meet_the_rule_of_armijo():
    system = rosenbrock()
    optimizer = Nncg(system, NncgOptions(), system.theta0)
    for _ in range(8):
        before = optimizer.theta
        loss, gradient = system.loss_and_grad(before)
        after = optimizer.step()
        bound = float(loss + 0.1 * gradient @ (after.theta - before))
        assert after.loss <= bound * (1 + 1e-12)


def test_a_zero_residual_ends():
    steps, _ = _run(Small(lambda t: t**2, vector(0.0)), 3)
    assert [(s.loss, s.ended) for s in steps] == [(0.0, Ended.MINIMUM)]


def test_one_parameter_and_more_parameters_than_rows():
    assert _run(Small(lambda t: t**2 - 2, vector(3.0)), 30)[0][-1].loss < 1e-25
    wide = Small(lambda t: t[:1] * t[1:2] + t.sum() - 2, torch.ones(5).double())
    assert _run(wide, 30)[0][-1].loss < 1e-25


def test_no_number_is_passed_on():
    steps, _ = _run(bad(), 2)
    assert all(math.isnan(s.loss) for s in steps)


def test_single_precision():
    wide, matrix, right = linear()
    system = Small(lambda t: matrix.float() @ t - right.float(), wide.theta0.float(), linear=True)
    steps, _ = _run(system, 10, damping=1e-6)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    assert steps[-1].theta.dtype == torch.float32
    assert steps[-1].loss == pytest.approx(float(wide.loss(best)), rel=1e-4)


def test_poisson():
    problem = api.parse((SPECS / "poisson_2d.pde").read_text(encoding="utf-8"))
    model = {"kind": "mlp", "width": 10, "depth": 2}
    system = build(problem, model, {"eq": 60, "bc": 20}, weights={"bc": 100})
    steps, _ = _run(system, 8, rank=20, inner=20)
    assert steps[-1].loss < 0.1 * float(system.loss(system.theta0))
