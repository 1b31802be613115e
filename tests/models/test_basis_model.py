"""The model of a basis: jets, Jacobians, transforms, and what is remembered."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

import pdedsl
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.models import Axis, Reader, Tape, jet_table, model_options
from pdedsl.models.bases.basis_jets import JetCache, basis_jet
from pdedsl.models.bases.model import TransformedBasisOptions
from pdedsl.models.jets.multiindices import factorial_of
from tests import small

F = torch.float64
AXES = (Axis(-1.0, 1.0), Axis(0.0, 2.0))
POINTS = {"eq": 60, "bc": 20, "ic": 20}


def model(axes=AXES, outputs: int = 1, **options: object):
    return model_options(basis(**options)).build(axes, outputs)


def basis(**options: object):
    """Options as the compile API takes them, or those with a transform."""
    if "transform" in options:
        return TransformedBasisOptions.model_validate(options)
    return {"kind": "basis"} | options


def system(text: str, seed: int = 0, **options: object) -> ResidualSystem:
    made = basis(**{"modes": 3} | options)
    return build(pdedsl.parse(text), model=made, points=POINTS, weights={"bc": 10.0}, seed=seed)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=F, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("family", ["mixed", "fourier", "random_tanh"])
def test_jets_are_sums_of_derivatives(family: str) -> None:
    made = model(outputs=2, family=family, modes=3, features=9)
    points, theta = normal(6, 2).clamp(-0.9, 0.9), normal(made.size, seed=1)
    laplacian = (((0, 2), -1.5), ((2, 0), 2.0))
    table = jet_table(2, frozenset({(1, 1), (1, 0)}), (laplacian,)).whole
    jet = made.jet(Reader(theta), points, table)
    coefficients = theta.view(2, -1)
    assert jet.shape == (table.channels, 6, 2)
    for index in table.indices:
        (values,) = made.basis.derivatives(points, [index])
        want = values @ coefficients.T / factorial_of(index)
        assert torch.allclose(jet[table.channel(index)], want, rtol=1e-12, atol=1e-12)
    yy, xx = made.basis.derivatives(points, [(0, 2), (2, 0)])
    want = (2 * xx - 1.5 * yy) @ coefficients.T
    assert torch.allclose(jet[table.sum_channel(laplacian)], want, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("text", [small.LINE, small.HEAT, small.ODES, small.FLOW])
def test_linear_laws_with_a_basis_are_linear(text: str) -> None:
    s = system(text)
    assert s.linear
    one, two = normal(s.parameters, seed=1), normal(s.parameters, seed=2)
    residual, jacobian = s.residual_and_jacobian(one)
    assert torch.equal(jacobian, s.jacobian(two))
    step = s.residual(two) - residual
    assert torch.allclose(step, jacobian @ (two - one), rtol=1e-10, atol=1e-10 * step.abs().max())
    v, w = normal(s.parameters, seed=3), normal(s.rows, seed=4)
    assert torch.allclose(s.jvp(one, v), jacobian @ v, rtol=1e-10, atol=1e-10)
    assert torch.allclose(s.vjp(one, w), jacobian.T @ w, rtol=1e-10, atol=1e-10)


BURGERS = """problem "burgers"
domain  Omega: x in [-1, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = 0.1*u_xx
ic: u = -sin(pi*x)  at t = 0
bc: u = 0           on boundary
"""


def test_nonlinear_laws_with_a_basis() -> None:
    s = system(BURGERS, modes=4)
    assert not s.linear
    theta, v = 0.1 * normal(s.parameters), normal(s.parameters, seed=1)
    h = 1e-4
    difference = (s.residual(theta + h * v) - s.residual(theta - h * v)) / (2 * h)
    jacobian = s.jacobian(theta)
    # r is quadratic in θ, so that central differences are exact.
    assert torch.allclose(jacobian @ v, difference, rtol=1e-8, atol=1e-7)
    assert not torch.allclose(jacobian, s.jacobian(2 * theta))


@pytest.mark.parametrize("text", [small.HEAT, small.PLANE_VECTOR])
@pytest.mark.parametrize("shape", ["vector", "matrix"])
def test_a_transform_multiplies_the_jacobian(text: str, shape: str) -> None:
    plain = system(text)
    P = plain.parameters
    given = normal(P) if shape == "vector" else normal(P, P)
    matrix = torch.diag(given) if shape == "vector" else given
    made = system(text, transform=given.numpy())
    theta = normal(P, seed=7)
    want = plain.jacobian(theta) @ matrix
    tolerance = {"rtol": 1e-10, "atol": 1e-12 * want.abs().max().item()}
    assert made.linear
    assert torch.allclose(made.jacobian(theta), want, **tolerance)
    assert torch.allclose(made.residual(theta), plain.residual(matrix @ theta), **tolerance)
    assert torch.allclose(made.gram(theta), want.T @ want, rtol=1e-9, atol=1e-9)
    column = want.shape[1] // 2
    unit = torch.eye(P, dtype=F)[column]
    assert torch.allclose(made.jvp(theta, unit), want[:, column], **tolerance)


def test_a_transform_may_be_nested_tuples() -> None:
    made = model((Axis(0, 1),), modes=1, transform=((2.0, 0.0), (1.0, 3.0)))
    points, table = torch.tensor([[0.2], [0.9]], dtype=F), jet_table(1, frozenset())
    jet = made.jet(Reader(torch.tensor([1.0, 1.0], dtype=F)), points, table)
    (values,) = made.basis.derivatives(points, [(0,)])
    assert torch.allclose(jet[0], values @ torch.tensor([[2.0], [4.0]], dtype=F))


def test_one_tap_for_all_components() -> None:
    made = model(outputs=3, modes=2)
    tape = Tape(normal(made.size))
    made.jet(tape, normal(4, 2), jet_table(2, frozenset({(2, 0)})))
    assert [(tap.weight, tap.bias, tap.outputs.shape[-1]) for tap in tape.taps] == [(0, None, 3)]


def test_the_first_coefficients() -> None:
    generator = torch.Generator().manual_seed(0)
    assert torch.equal(model(modes=3).initial(generator), torch.zeros(16, dtype=F))
    assert model(outputs=2, modes=3).parts == {"coefficients": slice(0, 32)}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"familly": "sine"}, "did you mean family"),
        ({"modes": 10**6}, "modes"),
        ({"transform": np.ones((2, 2, 2))}, r"vector or a matrix, got shape \(2, 2, 2\)"),
        ({"transform": np.ones(9), "modes": 1}, r"shape \(9,\), but there are 8 coefficients"),
        ({"transform": np.ones((8, 9)), "modes": 1}, r"shape \(8, 9\)"),
        ({"transform": np.full(8, np.nan), "modes": 1}, "not finite"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model(outputs=2, **given)


# What is remembered.


class Counting:
    """A basis of one function, x², that counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def derivatives(self, points: Tensor, indices) -> Tensor:
        self.calls += 1
        orders = (points**2, 2 * points, 2 + 0 * points)
        return torch.stack([orders[a[0]] for a in indices])


def counted(numbers: int = 10_000):
    basis = Counting()
    cache = JetCache(lambda points, table: (basis_jet(basis.derivatives, points, table),), numbers)
    return basis, cache


VALUE, SLOPE = jet_table(1, frozenset()), jet_table(1, frozenset({(1,)}))


def test_the_same_points_are_not_evaluated_twice() -> None:
    basis, cache = counted()
    every = normal(20, 1)
    for _ in range(3):
        for part in (every[:10], every[10:], every.clone()):
            assert torch.equal(cache(part, VALUE)[0][0], part**2)
    assert basis.calls == 3
    cache(every, SLOPE)
    assert basis.calls == 4
    assert cache(every.float(), VALUE)[0].dtype == torch.float32


def test_points_that_are_changed_in_place_are_evaluated_again() -> None:
    basis, cache = counted()
    points = normal(5, 1)
    cache(points, VALUE)
    points += 1
    assert torch.equal(cache(points, VALUE)[0][0], points**2)
    assert basis.calls == 2


def test_the_memory_is_bounded() -> None:
    basis, cache = counted(numbers=100)
    points = [normal(20, 1, seed=s) for s in range(5)]
    for one in points:
        cache(one, VALUE)
    cache(points[4], VALUE)
    cache(points[3], VALUE)
    assert basis.calls == 5
    cache(points[0], VALUE)
    assert basis.calls == 6
    big = normal(200, 1)
    assert torch.equal(cache(big, VALUE)[0][0], big**2)


def test_points_may_be_differentiated_and_mapped_over() -> None:
    _, cache = counted()
    points = normal(4, 1)
    cache(points, VALUE)

    def f(x: Tensor) -> Tensor:
        return cache(x[None], VALUE)[0][0, 0, 0]

    assert torch.allclose(torch.func.vmap(torch.func.grad(f))(points), 2 * points)
    assert torch.allclose(torch.func.vmap(torch.func.jacfwd(f))(points), 2 * points)
    leaf = points.clone().requires_grad_()
    cache(leaf, VALUE)[0].sum().backward()
    assert torch.allclose(leaf.grad, 2 * points)
    _, tangent = torch.func.jvp(lambda x: cache(x, VALUE)[0], (points,), (torch.ones_like(points),))
    assert torch.allclose(tangent[0], 2 * points)
    assert torch.equal(cache(points, VALUE)[0][0], points**2)


def test_resampling_gives_new_jets() -> None:
    s = system(small.HEAT)
    theta = normal(s.parameters)
    before = s.jacobian(theta)
    s.resample(5)
    after = s.jacobian(theta)
    assert not torch.allclose(before, after)
    assert torch.equal(after, system(small.HEAT, seed=5).jacobian(theta))
