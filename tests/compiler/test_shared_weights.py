"""Systems of one problem at several sets of points have their weights in common."""

from __future__ import annotations

import pytest
import torch

from pdedsl.training.rules.held_out import Fresh, HeldOut

from .problems import poisson
from .test_system import system


def weighted(losses: dict[str, float], weights: dict[str, float]) -> float:
    return sum(weights.get(label, 1.0) * loss**2 for label, loss in losses.items())


@pytest.mark.parametrize("changed", ["system", "other"])
def test_a_change_of_weights_holds_at_other_points(changed: str) -> None:
    s = system(poisson(), weights={"bc": 2.0})
    other, theta = s.at_other_points(7), s.theta0
    assert not torch.equal(other.blocks[0].points, s.blocks[0].points)
    assert other.rows == s.rows
    for made in (s, other):
        assert float(made.loss(theta)) == pytest.approx(
            weighted(made.losses_by_law(theta), {"bc": 2.0}), rel=1e-12
        )
    {"system": s, "other": other}[changed].set_weights({"bc": 30.0})
    for made in (s, other):
        by_law = made.losses_by_law(theta)
        assert float(made.loss(theta)) == pytest.approx(weighted(by_law, {"bc": 30.0}), rel=1e-12)
        loss, slope = made.loss_and_grad(theta)
        residual, jacobian = made.residual_and_jacobian(theta)
        assert float(loss) == pytest.approx(float(residual @ residual), rel=1e-12)
        torch.testing.assert_close(slope, 2 * jacobian.T @ residual, rtol=1e-10, atol=1e-12)


def test_the_held_out_loss_has_the_weights_of_training() -> None:
    s = system(poisson())
    held_out, theta = HeldOut(s, Fresh(every=1, patience=3), seed=0), s.theta0
    s.set_weights({"bc": 50.0})
    held_out.take(theta, float(s.loss(theta)))
    same = s.at_other_points(2**41)
    assert held_out.loss == pytest.approx(
        weighted(same.losses_by_law(theta), {"bc": 50.0}), rel=1e-12
    )


def test_fresh_points_leave_those_of_other_systems() -> None:
    s = system(poisson())
    other = s.at_other_points(3)
    before = other.blocks[0].points.clone()
    s.resample(11)
    assert torch.equal(other.blocks[0].points, before)
