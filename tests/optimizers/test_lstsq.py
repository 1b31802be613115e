"""Least squares and Newton's method on small residuals with known answers."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from pdedsl.linalg.least_squares import Qr, least_squares
from pdedsl.linalg.sparse_rows import SparseRows
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.optimizers.protocol import Ended

from .systems import Small

F = torch.float64


def optimizer(residual, start, linear: bool = False, **options: object) -> LeastSquares:
    start = torch.as_tensor(start, dtype=F)
    return LeastSquares(Small(residual, start, linear), LstsqOptions(**options), start)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=F, generator=torch.Generator().manual_seed(seed))


def test_a_linear_residual_takes_one_step() -> None:
    matrix, right = normal(30, 8), normal(30, seed=1)
    made = optimizer(lambda theta: matrix @ theta - right, normal(8, seed=2), linear=True)
    step = made.step()
    expected = np.linalg.lstsq(matrix.numpy(), right.numpy(), rcond=None)[0]
    assert step.theta.numpy() == pytest.approx(expected, rel=1e-12)
    assert step.ended is None
    assert made.step().ended is Ended.MINIMUM


def test_newton_converges_quadratically() -> None:
    """Two circles, whose intersection is (1, 1)."""

    def residual(theta):
        x, y = theta
        return torch.stack((x**2 + y**2 - 2, (x - 2) ** 2 + y**2 - 2))

    made = optimizer(residual, [1.3, 0.8])
    errors = [float((made.step().theta - 1).norm()) for _ in range(5)]
    rates = [b / a**2 for a, b in pairwise(errors) if b > 1e-15]
    assert errors[-1] < 1e-14
    assert len(rates) >= 2 and max(rates) < 1.0  # 1/2 in the limit


def test_a_step_that_overshoots_is_halved() -> None:
    made = optimizer(torch.atan, [3.0])  # Newton's full steps go to infinity from here
    losses = [made.step().loss for _ in range(8)]
    assert all(b < a for a, b in pairwise(losses) if a > 1e-25)
    assert losses[-1] < 1e-25


def test_without_halvings_it_stalls() -> None:
    made = optimizer(torch.atan, [3.0], halvings=0)
    step = made.step()
    assert step.ended is Ended.STALLED
    assert step.theta.tolist() == [3.0]
    assert step.loss == pytest.approx(math.atan(3.0) ** 2)


def test_a_minimum_with_a_residual_is_told() -> None:
    made = optimizer(lambda x: torch.stack((x[0] + 1, x[0] ** 2 + x[0] - 1)), [0.0])
    steps = [made.step() for _ in range(60)]
    assert steps[-1].ended is Ended.MINIMUM
    assert steps[-1].theta.tolist() == pytest.approx([0.0], abs=1e-4)
    assert steps[-1].loss == pytest.approx(2.0)


@pytest.mark.parametrize("cutoff", [None, 1e-10])
def test_dependent_columns_give_the_least_norm(cutoff: float | None) -> None:
    matrix, right = normal(20, 6), normal(20, seed=1)
    matrix[:, 5] = matrix[:, 1] - 2 * matrix[:, 2]
    scales = matrix.norm(dim=0)
    found = least_squares(matrix, right, cutoff)
    expected = torch.linalg.pinv(matrix / scales, rtol=1e-10) @ right / scales
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-10)


def test_fewer_rows_than_columns_give_the_least_norm() -> None:
    matrix, right = normal(4, 9), normal(4, seed=1)
    found, scales = least_squares(matrix, right), matrix.norm(dim=0)
    assert (matrix @ found).tolist() == pytest.approx(right.tolist(), rel=1e-12)
    expected = torch.linalg.pinv(matrix / scales) @ right / scales
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-10)


def local(seed: int, size: int = 15, dependent: bool = False) -> SparseRows:
    """Rows of three neighbours; dependent ones see only differences of neighbours."""
    columns = torch.arange(size).repeat_interleave(4)[:, None] + torch.arange(3)
    columns = columns % size
    values = normal(*columns.shape, seed=seed)
    if dependent:
        values = values - values.mean(dim=1, keepdim=True)
    return SparseRows(values, columns, size)


def test_entries_give_the_same_as_the_matrix() -> None:
    rows = local(0)
    right = normal(len(rows.values), seed=1)
    expected = least_squares(rows.dense(), right)
    assert least_squares(rows, right).tolist() == pytest.approx(expected.tolist(), rel=1e-11)


@pytest.mark.parametrize("cutoff", [None, 1e-8])
def test_dependent_entries_give_the_least_norm(cutoff: float | None) -> None:
    rows = local(2, dependent=True)
    assert torch.linalg.matrix_rank(rows.dense()) == rows.size - 1
    right = rows.dense() @ normal(rows.size, seed=3)
    found = least_squares(rows, right, cutoff)
    expected = least_squares(rows.dense(), right, 1e-8)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-9, abs=1e-10)


def test_dependent_entries_and_a_residual() -> None:
    """The part in the kernel is not quite the least then, but the residual is."""
    rows, right = local(2, dependent=True), normal(60, seed=3)
    found = least_squares(rows, right)
    expected = least_squares(rows.dense(), right, 1e-8)
    left, least = ((rows.dense() @ x - right).norm() for x in (found, expected))
    assert float(left) == pytest.approx(float(least), rel=1e-12)
    assert float((found - expected).norm()) < 1e-3 * float(expected.norm())


def test_what_is_not_finite_is_told() -> None:
    made = optimizer(lambda x: torch.log(x), [-1.0])
    step = made.step()
    assert math.isnan(step.loss)
    assert step.theta.tolist() == [-1.0]


def test_steps_into_what_is_not_finite_are_halved() -> None:
    made = optimizer(lambda x: torch.log(x), [20.0])  # the full step is to -40
    steps = [made.step() for _ in range(12)]
    assert all(math.isfinite(step.loss) for step in steps)
    assert steps[-1].theta.tolist() == pytest.approx([1.0], abs=1e-12)


def test_no_residual_is_a_minimum() -> None:
    made = optimizer(lambda x: 0.0 * x, [1.0, 2.0], linear=True)
    step = made.step()
    assert step.ended is Ended.MINIMUM
    assert step.loss == 0.0


def test_no_slope_is_a_minimum() -> None:
    made = optimizer(lambda x: 0.0 * x + 3.0, [1.0])
    step = made.step()
    assert step.ended is Ended.MINIMUM
    assert step.loss == 9.0


def test_rounding_ends_it() -> None:
    """Terms of the size 1e8 cancel to their rounding, some 1e-8, which no step can lower."""
    matrix = normal(12, 12)
    right = matrix @ torch.full((12,), 1e8, dtype=F)
    made = optimizer(lambda theta: matrix @ theta - right, torch.zeros(12, dtype=F), linear=True)
    made.step()
    step = made.step()
    assert step.ended is Ended.MINIMUM
    assert 0 < step.loss < (10 * 2.2e-16 * float((matrix.abs() @ made.theta.abs()).norm())) ** 2


class Counted(Small):
    """Counts its Jacobians."""

    made = 0

    def residual_and_jacobian(self, theta: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        self.made += 1
        return super().residual_and_jacobian(theta)


@pytest.mark.parametrize("dependent", [False, True])
def test_a_linear_residual_has_one_factorisation(dependent: bool) -> None:
    matrix, right, other = normal(30, 8), normal(30, seed=1), normal(30, seed=4)
    if dependent:
        matrix[:, 7] = matrix[:, 0]
    target = [right]
    system = Counted(lambda theta: matrix @ theta - target[0], normal(8, seed=2), linear=True)
    made = LeastSquares(system, LstsqOptions(), system.theta0)
    for _ in range(3):
        made.step()
    assert system.made == 1
    target[0] = other
    made.renew(1.0)
    theta = made.step().theta
    assert system.made == 2
    left = matrix @ theta - other
    assert float((matrix.T @ left).abs().max()) < 1e-12 * float(other.norm())


def test_factors_serve_every_right_hand_side() -> None:
    matrix = normal(20, 6)
    factored = Qr(matrix)
    for seed in (1, 2):
        right = normal(20, seed=seed)
        assert factored.solve(right).tolist() == pytest.approx(
            torch.linalg.lstsq(matrix, right[:, None]).solution[:, 0].tolist(), rel=1e-12
        )
