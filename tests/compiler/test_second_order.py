"""The Hessian of the loss, its gradient by law, and Jacobians at points of choice."""

from __future__ import annotations

import pytest
import sympy as sp
import torch
from torch.func import hessian

from pdedsl.compiler import ResidualSystem, build
from pdedsl.ir import Interior

from .problems import box, field, law, poisson, problem, x, y
from .test_system import F, differentiable, flow, system

CASES = {"flow": flow, "poisson": poisson}


def vectors(s: ResidualSystem, count: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(2)
    return [torch.randn(s.parameters, dtype=F, generator=generator) for _ in range(count)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("sampling", ["sobol", "gauss"])
def test_the_hessian_against_differences_of_the_gradient(case: str, sampling: str) -> None:
    s = system(CASES[case](), sampling=sampling, weights={"eq": 0.7})
    theta = s.initial(3) + 0.05
    (v,) = vectors(s, 1)
    got = s.hvp(theta, v)
    errors = []
    for step in (1e-3, 1e-4):
        up, down = (s.loss_and_grad(theta + sign * step * v)[1] for sign in (1, -1))
        errors.append(float((got - (up - down) / (2 * step)).norm() / got.norm()))
    assert errors[1] < 1e-6
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.05)  # the slope 2


@pytest.mark.parametrize("case", CASES)
def test_the_hessian_against_automatic_differentiation(case: str) -> None:
    s = system(CASES[case](), model={"width": 3, "depth": 2, "init": "normal", "scale": 0.6})
    theta = s.initial(3)
    r = differentiable(s)
    want = hessian(lambda p: r(p).square().sum())(theta)
    columns = [s.hvp(theta, e) for e in torch.eye(s.parameters, dtype=F)]
    torch.testing.assert_close(
        torch.stack(columns), want, rtol=1e-9, atol=1e-10 * want.abs().max().item()
    )


@pytest.mark.parametrize("case", CASES)
def test_the_hessian_is_symmetric(case: str) -> None:
    s = system(CASES[case]())
    theta = s.initial(3) + 0.05
    v, w = vectors(s, 2)
    one, two = s.hvp(theta, v) @ w, s.hvp(theta, w) @ v
    assert float(one) == pytest.approx(float(two), rel=1e-10)
    s.chunk = 5
    assert float(s.hvp(theta, v) @ w) == pytest.approx(float(one), rel=1e-10)


def output_layer(s: ResidualSystem) -> torch.Tensor:
    """A vector in the parameters of the last layer alone, in which u is linear."""
    v = torch.zeros(s.parameters, dtype=F)
    part = s.parts["output"]
    v[part] = torch.linspace(-1, 2, part.stop - part.start, dtype=F)
    return v


def test_the_hessian_of_a_linear_residual_is_twice_the_gram_matrix() -> None:
    s = system(poisson())
    theta, v = s.initial(3), output_layer(system(poisson()))
    part = s.parts["output"]
    torch.testing.assert_close(
        s.hvp(theta, v)[part], 2 * (s.gram(theta) @ v)[part], rtol=1e-11, atol=1e-11
    )


def test_what_the_parameters_do_not_enter_has_no_hessian() -> None:
    u = field("u", x, y)
    p = problem(
        coordinates=(x, y), region=box((0, 1), (0, 1)), fields=(u,),
        laws=(law("eq", "eq", Interior("Omega"), x + 0 * u.components[0]),
              law("eq", "eq.2", Interior("Omega"), u.components[0] ** 2)),
    )  # fmt: skip
    s = build(p, {"width": 3, "depth": 1}, {"eq": 7})
    (v,) = vectors(s, 1)
    assert (s.gradients_by_law(s.theta0)["eq"] == 0).all()
    assert torch.isfinite(s.hvp(s.theta0, v)).all()


@pytest.mark.parametrize("sampling", ["sobol", "gauss"])
def test_gradients_by_law_sum_to_the_gradient(sampling: str) -> None:
    weights = {"wall": 3.0, "mass": 0.2}
    s = system(sampling=sampling, weights=weights)
    theta = s.initial(5) + 0.05
    by_law = s.gradients_by_law(theta)
    assert list(by_law) == [law.label for law in s.problem.laws]
    total = torch.stack(list(by_law.values())).sum(0)
    torch.testing.assert_close(total, s.loss_and_grad(theta)[1], rtol=1e-12, atol=1e-12)
    r, j = s.residual_and_jacobian(theta)
    for block in s.blocks:
        own = 2 * j[block.rows].T @ r[block.rows]
        torch.testing.assert_close(by_law[block.label], own, rtol=1e-11, atol=1e-11)


# Parts of the parameter vector.


def test_parts_of_one_network() -> None:
    s = system(poisson())
    assert list(s.parts) == ["layer 1", "layer 2", "output"]
    assert s.parts["layer 1"] == slice(0, 15)
    assert s.parts["output"].stop == s.parameters


def test_parts_of_several_networks_bear_the_names_of_the_unknowns() -> None:
    u, v = field("u", x, y), field("v", x)
    p = problem(
        coordinates=(x, y), region=box((0, 1), (0, 1)), fields=(u, v),
        laws=(law("eq", "eq", Interior("Omega"), u.components[0] + v.components[0]),),
    )  # fmt: skip
    s = build(p, {"width": 3, "depth": 1})
    assert list(s.parts) == ["u: layer 1", "u: output", "v: layer 1", "v: output"]
    j = s.field_jacobian(s.theta0, torch.rand(4, 2, dtype=F))
    assert (j[0, :, s.parts["v: layer 1"].start :] == 0).all()
    assert (j[1, :, : s.parts["v: layer 1"].start] == 0).all()
    assert (j[1, :, s.parts["v: output"]].abs().amax(0) > 0).all()


def test_parts_cover_every_parameter_once() -> None:
    s = system()
    assert list(s.parts) == ["layer 1", "layer 2", "output", "numbers"]
    ends = [0, *(part.stop for part in s.parts.values())]
    assert [part.start for part in s.parts.values()] == ends[:-1]
    assert ends[-1] == s.parameters


# Jacobians at points of choice.


@pytest.mark.parametrize("chunk", [3, 4096])
def test_the_jacobian_of_the_fields(chunk: int) -> None:
    s = system()
    s.chunk = chunk
    theta = s.initial(2)
    points = torch.rand(7, 3, dtype=F, generator=torch.Generator().manual_seed(1))
    j = s.field_jacobian(theta, points)
    assert j.shape == (3, 7, s.parameters)
    (v,) = vectors(s, 1)
    step = 1e-6
    up, down = (torch.stack(list(s.fields(theta + e * v, points).values())) for e in (step, -step))
    torch.testing.assert_close(j @ v, (up - down) / (2 * step), rtol=1e-7, atol=1e-8)
    assert (j[..., s.parts["numbers"]] == 0).all()


@pytest.mark.parametrize("sampling", ["sobol", "gauss"])
def test_the_jacobian_of_a_law_is_that_of_its_rows(sampling: str) -> None:
    s = system(sampling=sampling, weights={"eq": 3.0})
    theta = s.initial(2)
    j = s.jacobian(theta)
    for label in ("momentum", "mass"):
        block = next(b for b in s.blocks if b.label == label)
        own = s.residual_jacobian_at(theta, label, block.points)
        roots = block.map.roots
        weighted = own if roots is None else roots[:, None] * own
        torch.testing.assert_close(
            block.map.scale * weighted.flatten(0, 1), j[block.rows], rtol=1e-12, atol=1e-12
        )


def test_jacobians_of_expressions() -> None:
    s = system(poisson())
    points = torch.rand(5, 2, dtype=F)
    (u,) = s.problem.components
    both = s.jacobian_at(s.theta0, (u.diff(x), sp.Integer(2) * x), points)
    assert both.shape == (2, 5, s.parameters)
    assert (both[1] == 0).all()
    (v,) = vectors(s, 1)
    up, down = (s.derivative(s.theta0 + e * v, u.diff(x), points) for e in (1e-6, -1e-6))
    torch.testing.assert_close(both[0] @ v, (up - down) / 2e-6, rtol=1e-6, atol=1e-8)
    assert s.field_jacobian(s.theta0, points[:0]).shape == (1, 0, s.parameters)


def test_a_law_with_normals_has_no_jacobian_away_from_its_place() -> None:
    s = system()
    with pytest.raises(ValueError, match="only where its law holds"):
        s.residual_jacobian_at(s.theta0, "wall", torch.rand(4, 3, dtype=F))
