"""Least squares of problems in pieces by triangles of the pieces, beside one decomposition."""

from __future__ import annotations

import pytest
import torch

from pdedsl import api
from pdedsl.compiler.residual import piecewise_rows
from pdedsl.compiler.residual.piecewise_rows import by_pieces
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.factorisation import Rank
from pdedsl.linalg.least_squares import factor
from pdedsl.settings.method import Method
from pdedsl.solution.building import build_system
from tests.small import FLOW, HEAT, PLANE


def divided(text: str, split: dict[str, int], modes: int = 5, points: int = 120) -> ResidualSystem:
    method = Method.model_validate({
        "model": {"kind": "basis", "family": "legendre", "modes": modes},
        "optimizer": {"kind": "lstsq"},
        "sampling": {"kind": "sobol", "points": {"eq": points, "bc": points // 2, "ic": 40}},
        "domain": {"split": split},
    })  # fmt: skip
    return build_system(api.parse(text), method, 0)


SYSTEMS = {
    "two pieces": lambda: divided(PLANE, {"x": 2}),
    "strips": lambda: divided(PLANE, {"x": 5}),
    "squares": lambda: divided(PLANE, {"x": 2, "y": 2}),
    "a nonlinear law": lambda: divided(PLANE.replace("= 4", "+ u^2 = 4"), {"x": 3}),
    "several fields and an integral": lambda: divided(FLOW, {"x": 2}, 3, 90),
    "pieces in time": lambda: divided(HEAT, {"t": 3}),
    "pieces with an unknown number": lambda: divided(
        PLANE.replace("unknown u(x, y)", "unknown u(x, y)\nunknown c > 0 guess 3").replace(
            "= 4", "= c\nbc: d(u, x) = 0 on x = 0"
        ),
        {"x": 4},
    ),
}


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piecewise_rows, "_LEAST", 0.0)
    monkeypatch.setattr(piecewise_rows, "_SAVED", 0.0)


@pytest.mark.parametrize("name", SYSTEMS)
def test_steps_are_those_of_the_whole(name: str) -> None:
    """Of a state, and of another state with the first one's Jacobian."""
    system = SYSTEMS[name]()
    draw = torch.Generator().manual_seed(0)
    theta, other = (
        0.3 * torch.randn(system.parameters, dtype=torch.float64, generator=draw) for _ in "ab"
    )
    found = by_pieces(system, theta)
    assert found is not None
    jacobian = system.jacobian(theta)
    exact, own = factor(jacobian), factor(found.jacobian)
    assert own.rank is exact.rank
    loss = float(system.loss(theta))
    assert float(found.residual @ found.residual) == pytest.approx(loss, rel=1e-12)
    dense = found.jacobian.dense()
    assert torch.allclose(dense.T @ dense, jacobian.T @ jacobian, rtol=1e-11, atol=1e-9)
    for mine, right in (
        (found.residual, system.residual(theta)),
        (found.residual_at(other), system.residual(other)),
    ):
        assert torch.allclose(dense.T @ mine, jacobian.T @ right, rtol=1e-10, atol=1e-8)
        if own.rank is Rank.FULL:
            expected = exact.solve(right)
            error = (own.solve(mine) - expected).norm() / expected.norm()
            assert error < 1e-10


def test_one_piece_has_none() -> None:
    system = api.compile(api.parse(PLANE), {"kind": "basis", "modes": 6})
    assert by_pieces(system, system.theta0) is None


def test_little_is_left_to_one_decomposition(monkeypatch: pytest.MonkeyPatch) -> None:
    system = SYSTEMS["two pieces"]()
    monkeypatch.setattr(piecewise_rows, "_LEAST", 1e7)
    assert by_pieces(system, system.theta0) is None


def test_solves_are_those_of_one_decomposition(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the refinement of the second step, through the interface."""
    method = Method.model_validate({
        "model": {"kind": "basis", "family": "legendre", "modes": 7},
        "optimizer": {"kind": "lstsq"},
        "domain": {"split": {"x": 3}},
    })  # fmt: skip
    text = PLANE.replace("= 4", "= 4 + 3*exp(x*y)").replace("exact u = x^2 + y^2\n", "")
    thetas = []
    for least in (0.0, float("inf")):
        monkeypatch.setattr(piecewise_rows, "_LEAST", least)
        thetas.append(api.solve(api.parse(text), method).outcome.theta)
    assert float((thetas[0] - thetas[1]).norm() / thetas[1].norm()) < 1e-10
