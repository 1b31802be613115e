"""Values on the boundary of a shape that are built into networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.compiler import ResidualSystem, build
from pdedsl.geometry import domain_region

MODEL = {"width": 8, "depth": 2, "hard": True}

SHAPES = {
    "disk": "disk(center = (0.3, -0.2), radius = 0.7)",
    "ellipse": "rotate(ellipse(center = (1, 2), radii = (0.5, 1.5)), 0.4)",
    "triangle": "polygon((0, 0), (2, 0.3), (0.7, 1.9))",
    "pentagon, clockwise": "polygon((0, 0), (-1, 1), (0, 2), (1.5, 2), (2, 0))",
    "annulus": "annulus(center = (0, 1), radii = (0.3, 0.9))",
    "sector": "sector(center = (0, 0), radius = 1.5, angles = (0.2, 2))",
    "square minus two disks": "[0, 1]^2 minus (disk(center = (0.25, 0.3), radius = 0.1) union "
    "disk(center = (1, 1), radius = 0.3))",
    "half a disk": "disk(center = (0, 0), radius = 1) intersect halfplane(point = (0, 0.1), "
    "normal = (1, 2))",
    "tiny disk": "disk(center = (0, 0), radius = 1e-6)",
}  # fmt: skip


def system(shape: str, conditions: str = "bc: u = 1 + x*y on boundary") -> ResidualSystem:
    text = (
        f'problem "shape"\ndomain Omega: (x, y) in {shape}\nunknown u(x, y)\n'
        f"eq: lap(u) = 1\n{conditions}\n"
    )
    return build(pdedsl.parse(text), MODEL, {"eq": 40, "bc": 40})


def distance(made: ResidualSystem, points: np.ndarray, shift: float = 0.0) -> np.ndarray:
    """U − g for parameters of order one."""
    theta = torch.randn(made.parameters, dtype=torch.float64,
                        generator=torch.Generator().manual_seed(3))  # fmt: skip
    (u,) = made.problem.components
    x, y = u.args
    found = made.derivative(theta, u - 1 - x * y, torch.from_numpy(points + shift))
    return found.numpy().ravel()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_values_hold_on_the_boundary_and_nowhere_else(shape: str) -> None:
    made = system(shape)
    assert (made.exact_laws, made.soft_laws) == (("bc",), {})
    region = domain_region(made.problem, made.problem.domains[0])
    (network,) = made.networks
    made_factor = network.model.factor  # type: ignore[attr-defined]
    boundary = region.boundary(1000)
    points = np.concatenate([own.points for own in boundary])
    normals = np.concatenate([own.normals for own in boundary])
    assert len(points) >= 1000
    assert np.abs(distance(made, points)).max() < 1e-14

    def factor(at: np.ndarray) -> np.ndarray:
        (value,) = (f((0, 0)) for f in made_factor._functions)
        (u,) = made.problem.components
        from pdedsl.ir import evaluate

        return np.asarray(evaluate(value, dict(zip(u.args, at.T, strict=True))))

    inside = factor(region.interior(1000))
    assert inside.min() > 0
    assert inside.max() == pytest.approx(1, rel=0.1)
    # To first order: halving a step along the normal halves the value.
    step = 1e-6 * region.size * normals
    near = [factor(points - step / k) for k in (1, 2)]
    away = region.level(points - step) < -0.9e-6 * region.size / 4
    assert away.mean() > 0.5
    np.testing.assert_allclose(near[0][away] / near[1][away], 2, rtol=0.2)
    assert torch.isfinite(made.residual(made.theta0)).all()


def test_derivatives_are_those_of_the_product() -> None:
    made = system(SHAPES["half a disk"])
    points = domain_region(made.problem, made.problem.domains[0]).interior(20)
    theta = torch.randn(made.parameters, dtype=torch.float64,
                        generator=torch.Generator().manual_seed(0))  # fmt: skip
    (u,) = made.problem.components
    x, y = u.args

    def value(e: object, at: np.ndarray) -> np.ndarray:
        return made.derivative(theta, e, torch.from_numpy(at)).numpy().ravel()

    h = 1e-3
    ways = [h * np.array(w) for w in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    laplacian = (sum(value(u, points + w) for w in ways) - 4 * value(u, points)) / h**2
    exact = value(u.diff(x, 2) + u.diff(y, 2), points)
    np.testing.assert_allclose(laplacian, exact, atol=1e-4 * np.abs(exact).max())


SOFT = [
    ("polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))", "turns inwards"),
    ("polygon((0, 0), (1, 0), (1, 1), (0.5001, 1), (0.5, 0.9999), (0.4999, 1), (0, 1))",
     "turns inwards"),
    ("[0, 1]^2 minus [0.2, 0.4]^2", "turns inwards"),
    ("disk(center = (0, 0), radius = 1) union disk(center = (1, 0), radius = 1)", "turn inwards"),
    ("sector(center = (0, 0), radius = 1, angles = (0, 4))", "turns inwards"),
    ("polygon((0, 0), (1, 0), (0, 1)) intersect [0, 0.5]^2", "share an edge"),
    ("disk(center = (1e6, 0), radius = 1e-3)", "rounding hides"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "reason"), SOFT)
def test_shapes_without_such_a_function_keep_their_law(shape: str, reason: str) -> None:
    made = system(shape)
    assert made.exact_laws == ()
    assert reason in made.soft_laws["bc"]
    assert [b.label for b in made.blocks] == ["eq", "bc"]


@pytest.mark.parametrize(("conditions", "reason"), [
    ("bc: u = abs(x) on boundary", "not smooth"),
    ("bc: d(u, x) = 0 on boundary", "derivatives"),
    ("bc: u + dn(u) = 0 on boundary", "normal"),
    ("bc: n[1]*u = 0 on boundary", "normal"),
    ("bc: u = x on boundary where x > 0\nbc rest: u = x on boundary where x <= 0", "part of"),
    ("bc: x*u = 1 on boundary", "coefficient"),
    ("bc other: u = 1 on boundary\nbc: u = 1 + x on boundary", "contradicts other on the boundary"),
])  # fmt: skip
def test_laws_that_cannot_be_built_in(conditions: str, reason: str) -> None:
    made = system("disk(center = (0, 0), radius = 1)", conditions)
    assert "bc" not in made.exact_laws
    assert reason in made.soft_laws["bc"]


def test_a_first_state_that_jumps_at_the_boundary() -> None:
    text = (
        'problem "rod"\ndomain Omega: (x, y) in disk(center = (0, 0), radius = 1)\n'
        "time t in [0, 1]\nunknown u(x, y, t)\neq: u_t = lap(u)\n"
        "bc: u = t on boundary\nic: u = {} at t = 0\n"
    )
    made = build(pdedsl.parse(text.format("1 - x^2 - y^2")), MODEL)
    assert set(made.exact_laws) == {"bc", "ic"}
    made = build(pdedsl.parse(text.format("1 - x^2")), MODEL)
    assert "where the boundary meets t = 0, the values differ by 1" in str(made.soft_laws)


def test_a_ball_with_a_hole() -> None:
    text = (
        'problem "ball"\ndomain Omega: (x, y, z) in ball(center = (0, 0, 0), radius = 2)'
        " minus ball(center = (0.5, 0, 0), radius = 0.5)\nunknown u(x, y, z)\n"
        "eq: lap(u) = 1\nbc: u = x + z on boundary\n"
    )
    made = build(pdedsl.parse(text), MODEL)
    assert made.exact_laws == ("bc",)
    theta = torch.ones(made.parameters, dtype=torch.float64)
    assert made.exact_losses(theta)["bc"] < 1e-14
