"""Layers of networks, and products with the factors that they give the Jacobian."""

from __future__ import annotations

import pytest
import torch

from pdedsl import api
from pdedsl.compiler.residual.build import build

INVERSE = """
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y) in R^2
unknown k > 0 guess 2
eq: -k*lap(u) + (u[2]*u[1], u[1]^2) = (x, y)
bc: u = (0, 0)  on boundary
"""
MEAN = """
domain  Omega: x in [0, 1]
unknown u(x)
eq: -d(u, x, 2) = integral(u*x, Omega)
bc: u = 1  on boundary
"""


def _system(text, kind="mlp", **options):
    model = {"kind": kind, "width": 7, "depth": 2, **options}
    points = {"eq": 60, "bc": 20}
    return build(api.parse(text), model, points, weights={"bc": 10})


def test_layers_lie_where_the_parts_are():
    system = _system(INVERSE)
    shapes = [(layer.out, layer.width) for layer in system.layers]
    assert shapes == [(7, 2), (7, 7), (2, 7)]
    parts = [part for name, part in system.parts.items() if name != "numbers"]
    for layer, part in zip(system.layers, parts, strict=True):
        assert layer.bias is not None
        assert part == slice(layer.weight, layer.bias + layer.out)
        assert layer.bias == layer.weight + layer.out * layer.width


def test_a_matrix_with_its_bias_is_read_and_written():
    system = _system(INVERSE)
    theta = torch.arange(system.parameters, dtype=torch.float64)
    out = torch.zeros_like(theta)
    for layer in system.layers:
        joined = layer.joined(theta)
        assert joined.shape == (layer.out, layer.width + 1)
        assert torch.equal(joined[:, :-1], layer.matrix(theta))
        layer.put(joined, out)
    numbers = system.parts["numbers"]
    assert torch.equal(out[: numbers.start], theta[: numbers.start])


def test_a_factorised_layer_is_its_matrix_alone():
    """The bias and the factors of the rows are parameters of no layer."""
    system = _system(INVERSE, rwf=True)
    shapes = [(layer.out, layer.width, layer.bias) for layer in system.layers]
    assert shapes == [(7, 2, None), (7, 7, None), (2, 7, None)]
    first, second, _ = system.layers
    assert second.weight == first.weight + 7 * 2 + 7 + 7


def test_a_basis_is_one_layer_without_bias():
    problem = api.parse(INVERSE.replace("unknown k > 0 guess 2\n", "param k = 1\n"))
    system = build(problem, {"kind": "basis", "family": "legendre", "modes": 3}, {"eq": 9})
    (layer,) = system.layers
    assert (layer.weight, layer.bias, layer.out * layer.width) == (0, None, system.parameters)


@pytest.mark.parametrize("text", [INVERSE, MEAN])
@pytest.mark.parametrize("chunk", [None, 17])
@pytest.mark.parametrize("options", [{}, {"rwf": True, "omega": 1.5}])
def test_products_are_those_of_the_jacobian(text, chunk, options):
    system = _system(text, kind="modified_mlp", **options)
    system.chunk = chunk
    generator = torch.Generator().manual_seed(2)
    w = torch.randn(system.rows, dtype=torch.float64, generator=generator)
    vectors = torch.randn(3, system.parameters, dtype=torch.float64, generator=generator)
    residual = torch.zeros(system.rows, dtype=torch.float64)
    pulled = torch.zeros(system.parameters, dtype=torch.float64)
    pushed = torch.zeros(3, system.rows, dtype=torch.float64)
    for block, factors in system.layer_factors(system.theta0, residual):
        assert block in system.blocks
        for factor in factors:
            factor.add_transposed(pulled, w)
            factor.add_products(pushed, vectors)
    _, jacobian = system.residual_and_jacobian(system.theta0)
    # Without a record the first layer takes a way of its own, which rounds in its own way.
    assert torch.allclose(residual, system.residual(system.theta0), rtol=1e-13, atol=1e-14)
    assert torch.allclose(pulled, jacobian.T @ w, rtol=1e-12, atol=1e-12)
    assert torch.allclose(pushed, vectors @ jacobian.T, rtol=1e-12, atol=1e-12)
