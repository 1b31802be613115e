"""The first order of a residual whose Jacobian is too large to be kept, beside that of all rows."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from pdedsl import api
from pdedsl.compiler.residual import first_order
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.cosine_sketch import CosineSketch
from pdedsl.linalg.count_sketch import CountSketch
from pdedsl.linalg.least_squares import least_squares
from pdedsl.linalg.linearisation import PLAIN, NormalSums, Rows, Sketch
from pdedsl.linalg.svd import svd
from pdedsl.settings.method import Method
from tests.small import FLOW, PLANE

BASIS = {"kind": "basis", "family": "legendre", "modes": 5}
NETWORK = {"kind": "mlp", "width": 6, "depth": 2}
CASES: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "a basis": (PLANE, BASIS, {"eq": 700, "bc": 90}),
    "a network": (PLANE, NETWORK, {"eq": 700, "bc": 90}),
    "an integral": (FLOW, NETWORK, {"eq": 300, "bc": 40, "ic": 40}),
    "fewer rows than columns": (PLANE, NETWORK, {"eq": 20, "bc": 9}),
}


@pytest.fixture(params=CASES)
def system(request: pytest.FixtureRequest) -> ResidualSystem:
    text, model, points = CASES[request.param]
    return api.compile(api.parse(text), model, points)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_order, "MOST_BYTES", 1)


def states(system: ResidualSystem) -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(2)
    noise = torch.randn(system.parameters, generator=draw, dtype=torch.float64)
    return [system.theta0, system.theta0 + 0.1 * noise]


@pytest.mark.parametrize("normal", [False, True])
def test_damped_steps(system: ResidualSystem, in_parts: None, normal: bool) -> None:
    """With λ = 1e-4 σ₁², for the residual of the state and for that of another."""
    theta, other = states(system)
    residual, jacobian = system.residual_and_jacobian(theta)
    model = system.linearise(theta, normal)
    assert isinstance(model, NormalSums if normal else Rows)
    assert model.loss == pytest.approx(float(residual @ residual), rel=1e-13)
    exact = svd(jacobian)
    own = model.normal_equations() if normal else svd(model.jacobian)
    damping = 1e-4 * exact.largest
    for found, right in (
        (model.residual, residual),
        (model.residual_at(other), system.residual(other)),
        (model.image(other), jacobian @ other),
    ):
        expected = exact.solve(right, damping)
        error = (own.solve(found, damping) - expected).norm() / expected.norm()
        assert error < 1e-11


def test_undamped_steps_of_a_basis(in_parts: None) -> None:
    text, model, points = CASES["a basis"]
    system = api.compile(api.parse(text), model, points)
    theta, other = states(system)
    rows = system.linearise(theta)
    assert isinstance(rows, Rows)
    for found, right in (
        (rows.residual, system.residual(theta)),
        (rows.residual_at(other), system.residual(other)),
    ):
        expected = least_squares(system.jacobian(theta), right)
        error = (least_squares(rows.jacobian, found) - expected).norm() / expected.norm()
        assert error < 1e-12
        assert float(found.norm()) == pytest.approx(float(right.norm()), rel=1e-12)


@pytest.mark.parametrize("rows", [None, 60])
def test_sketches(in_parts: None, rows: int | None) -> None:
    text, model, points = CASES["a network"]
    system = api.compile(api.parse(text), model, points)
    theta, other = states(system)
    draw = torch.Generator().manual_seed(1)
    sums = None if rows is None else CountSketch(system.rows, rows, draw)
    sketch = Sketch(CosineSketch(system.parameters, 30, draw, theta), sums)
    residual, jacobian = system.residual_and_jacobian(theta)
    matrix = sketch.add_up(sketch.reduce(jacobian))
    found = system.linearise(theta, False, sketch)
    assert isinstance(found, Rows)
    assert torch.allclose(found.jacobian.T @ found.jacobian, matrix.T @ matrix, atol=1e-11)
    for own, right in (
        (found.residual, residual),
        (found.residual_at(other), system.residual(other)),
    ):
        expected = matrix.T @ sketch.add_up(right)
        assert torch.allclose(found.jacobian.T @ own, expected, rtol=1e-10, atol=1e-11)
    assert found.loss == pytest.approx(float(residual @ residual), rel=1e-13)
    assert sketch is not PLAIN


def test_a_solve_in_parts_is_that_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Least squares with its correction, and damped steps with theirs, through the interface."""
    problem = api.parse(PLANE)
    for optimizer, model in (("lstsq", BASIS), ("lm", NETWORK)):
        method = Method.model_validate({
            "model": model,
            "optimizer": {"kind": optimizer, "iterations": 6},
            "sampling": {"kind": "sobol", "points": {"eq": 400, "bc": 80}},
        })  # fmt: skip
        losses = []
        for most in (1 << 31, 1):
            monkeypatch.setattr(first_order, "MOST_BYTES", most)
            losses.append(api.solve(problem, method).outcome.loss)
        assert losses[1] == pytest.approx(losses[0], rel=1e-7)
