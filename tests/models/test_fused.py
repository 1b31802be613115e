"""The one-node steps against the plain ones, and their gradients by finite differences."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pdedsl.models import jet_table
from pdedsl.models.jets.activations import ACTIVATIONS, tower
from pdedsl.models.jets.compose import combine_rows, compose, plain
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.linear_map import linear_map
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.jets.products import multiply, multiply_add

F = torch.float64

LAPLACIAN = (((0, 2), 1.0), ((2, 0), 1.0))
BILAPLACIAN = (((0, 4), 1.0), ((2, 2), 2.0), ((4, 0), 1.0))
TABLES = {
    "value": jet_table(2, frozenset({(0, 0)})),
    "gradient": jet_table(2, frozenset({(1, 0), (0, 1)})),
    "laplacian": jet_table(2, frozenset(), (LAPLACIAN,)),
    "two sums": jet_table(2, frozenset(), (LAPLACIAN, (((1, 1), 2.0), ((0, 2), -0.5)))),
    "third": jet_table(1, frozenset({(3,)})),
    "mixed": jet_table(3, frozenset({(1, 1, 1), (2, 0, 1)})),
    "bilaplacian": jet_table(2, frozenset(), (BILAPLACIAN,)),
    "fourth": jet_table(2, frozenset({(2, 2), (3, 1), (0, 4)})),
}


def inputs(table: JetTable, n: int = 5, width: int = 3, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    jet = torch.randn(table.channels, n, width, dtype=F, generator=generator)
    return jet.requires_grad_(), torch.randn(width, dtype=F, generator=generator).requires_grad_()


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("name", sorted(TABLES))
def test_one_node_gives_what_the_plain_step_gives(activation: str, name: str):
    table, sigma = TABLES[name], tower(activation)
    jet, bias = inputs(table)
    seed = torch.randn(jet.shape, dtype=F, generator=torch.Generator().manual_seed(1))
    results = []
    for step in (
        lambda: compose(sigma, jet, bias, table),
        lambda: plain(sigma, jet, bias, table.every),
    ):
        out = step()
        results.append((out, *torch.autograd.grad(out, (jet, bias), seed)))
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("name", ["gradient", "laplacian", "third", "bilaplacian"])
def test_gradients_of_the_step_by_finite_differences(activation: str, name: str):
    table, sigma = TABLES[name], tower(activation)
    jet, bias = inputs(table, n=2, width=2)
    assert torch.autograd.gradcheck(lambda z, b: compose(sigma, z, b, table), (jet, bias))
    assert torch.autograd.gradcheck(lambda z: compose(sigma, z, None, table), (jet,))


@pytest.mark.parametrize("name", ["laplacian", "third"])
def test_second_gradients_of_the_step_by_finite_differences(name: str):
    table, sigma = TABLES[name], tower("tanh")
    jet, bias = inputs(table, n=2, width=2)
    assert torch.autograd.gradgradcheck(lambda z, b: compose(sigma, z, b, table), (jet, bias))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_random_tables(data: st.DataObject):
    dimension = data.draw(st.integers(1, 4))
    index = st.lists(st.integers(0, 3), min_size=dimension, max_size=dimension).map(tuple)
    needed: frozenset[MultiIndex] = frozenset(
        data.draw(st.lists(index.filter(lambda a: sum(a) <= 4), min_size=1, max_size=4))
    )
    table, sigma = jet_table(dimension, needed), tower(data.draw(st.sampled_from(["tanh", "gelu"])))
    jet, bias = inputs(table, seed=data.draw(st.integers(0, 99)))
    one, other = compose(sigma, jet, bias, table), plain(sigma, jet, bias, table.every)
    torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)
    grads = [torch.autograd.grad((out**2).sum(), jet)[0] for out in (one, other)]
    torch.testing.assert_close(*grads, rtol=1e-12, atol=1e-12)


def test_results_do_not_depend_on_the_order_of_memory():
    table, sigma = TABLES["bilaplacian"], tower("sin")
    jet, bias = inputs(table, n=40, width=8)
    turned = jet.detach().permute(2, 0, 1).contiguous().permute(1, 2, 0).requires_grad_()
    assert turned.stride() != jet.stride()
    out, other = compose(sigma, jet, bias, table), compose(sigma, turned, bias, table)
    torch.testing.assert_close(out, other, rtol=0, atol=0)
    torch.testing.assert_close(
        torch.autograd.grad(out.sum(), jet)[0], torch.autograd.grad(other.sum(), turned)[0]
    )


def test_linear_maps_by_finite_differences():
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(4, 3, dtype=F, generator=generator).requires_grad_()
    jet = torch.randn(2, 5, 3, dtype=F, generator=generator).requires_grad_()
    torch.testing.assert_close(linear_map(weight, jet), jet @ weight.T)
    assert torch.autograd.gradcheck(linear_map, (weight, jet))
    assert torch.autograd.gradgradcheck(linear_map, (weight, jet))


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_a_record_is_freed_with_its_result(activation: str):
    """What a node keeps must not keep the node: the memory would never be used again."""
    table, sigma = TABLES["bilaplacian"], tower(activation)
    jet, bias = inputs(table, n=300, width=40)
    gc.collect()
    gc.disable()
    try:
        out = compose(sigma, jet, bias, table)
        place = out.untyped_storage().data_ptr()
        node = weakref.ref(out.grad_fn)
        (out**2).sum().backward()
        del out
        assert node() is None
        assert place in [
            compose(sigma, jet, bias, table).untyped_storage().data_ptr() for _ in range(2)
        ]
    finally:
        gc.enable()


def test_a_matrix_that_is_kept_serves_calls_of_all_modes():
    table = jet_table(2, frozenset({(3, 0), (0, 3)}))
    jet = torch.rand(table.channels, 3, 2, dtype=torch.float64)

    def total(z: Tensor) -> Tensor:
        return compose(tower("sin"), z, None, table).sum()

    torch.func.jvp(torch.func.grad(total), (jet,), (jet,))  # the first call is inside of torch.func
    torch.func.hessian(total)(jet)


def test_a_matrix_from_inference_serves_gradients():
    matrix, products = ((0.625, 0.375),), torch.rand(2, 3, 1)
    with torch.inference_mode():
        combine_rows(matrix, products)
    combine_rows(matrix, products.requires_grad_()).sum().backward()
    assert torch.allclose(products.grad[:, 0, 0], torch.tensor([0.625, 0.375]))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_products_in_one_node(name: str):
    table = TABLES[name]
    jets = [inputs(table, seed=k)[0] for k in range(3)]
    seed = torch.randn(jets[0].shape, dtype=F, generator=torch.Generator().manual_seed(9))
    both = multiply_add(*jets, table), jets[0] + multiply(jets[1], jets[2], table)
    results = [(out, *torch.autograd.grad(out, jets, seed)) for out in both]
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)
    if table.channels < 6:
        small = [inputs(table, n=1, width=2, seed=k)[0] for k in range(3)]
        assert torch.autograd.gradcheck(lambda a, u, v: multiply_add(a, u, v, table), small)
        assert torch.autograd.gradgradcheck(lambda a, u, v: multiply_add(a, u, v, table), small)
