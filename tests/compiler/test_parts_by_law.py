"""What each law has in the loss, its gradient and the trace of the tangent kernel."""

from __future__ import annotations

import pytest
import torch

from pdedsl.compiler import ResidualSystem

from .test_system import flow, system


def _dense(s: ResidualSystem, theta: torch.Tensor) -> dict[str, tuple[float, torch.Tensor]]:
    residual, jacobian = s.residual_and_jacobian(theta)
    return {
        b.label: (float(residual[b.rows].square().sum()), 2 * jacobian[b.rows].T @ residual[b.rows])
        for b in s.blocks
    }


def _check(s: ResidualSystem, theta: torch.Tensor) -> None:
    found, want = s.parts_by_law(theta), _dense(s, theta)
    assert list(found) == list(want)
    for label, (loss, slope) in want.items():
        assert float(found[label][0]) == pytest.approx(loss, rel=1e-11, abs=1e-25)
        torch.testing.assert_close(found[label][1], slope, rtol=1e-9, atol=1e-12)


def test_parts_follow_the_state_the_weights_and_the_points() -> None:
    s = system(flow())
    theta = s.initial(1)
    for state in (theta, theta + 0.1, theta):
        s.loss_and_grad(state)
        _check(s, state)
    s.set_weights({"bc": 5.0, "eq": 0.25})
    _check(s, theta)
    s.resample(9)
    _check(s, theta)
    other = s.at_other_points(10)
    _check(other, theta)
    _check(s, theta)
    theta += 0.2
    _check(s, theta)


def test_parts_that_are_changed_by_their_owner_are_not_those_of_the_system() -> None:
    s = system(flow())
    for _, slope in s.parts_by_law(s.theta0).values():
        slope.zero_()
    _check(s, s.theta0)


@pytest.mark.parametrize("chunk", [None, 1, 7])
def test_traces_are_those_of_the_kernel_without_weights(chunk: int | None) -> None:
    s = system(flow(), weights={"bc": 3.0, "ic": 0.0})
    theta = s.initial(2)
    plain = system(flow())
    kernel = plain.kernel(theta).diagonal()
    want = {b.label: float(kernel[b.rows].sum()) for b in plain.blocks}
    s.chunk = chunk
    assert s.traces_by_law(theta) == pytest.approx(want, rel=1e-10)
    assert s.weights == {b.label: b.weight for b in s.blocks}
    assert [s.problem.law(label).kind for label in s.equations] == ["eq"] * len(s.equations)
