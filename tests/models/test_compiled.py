"""Compiled steps against the plain ones."""

from __future__ import annotations

import shutil
import warnings

import pytest
import torch
from torch._dynamo.exc import TorchDynamoException

from pdedsl.models import jet_table
from pdedsl.models.jets import compiled
from pdedsl.models.jets.activations import tower
from pdedsl.models.jets.compiled import Steps, _factored, _gradient, _result, steps_of
from pdedsl.models.jets.compose import compose, plain

from .test_fused import TABLES, inputs

F = torch.float64


@pytest.mark.parametrize("activation", ["tanh", "sin", "gelu"])
@pytest.mark.parametrize("name", sorted(set(TABLES) - {"value"}))
def test_the_formulas_that_are_compiled(activation: str, name: str):
    table, sigma = TABLES[name], tower(activation)
    jet, bias = inputs(table)
    seed = torch.randn(jet.shape, dtype=F, generator=torch.Generator().manual_seed(1))
    out = plain(sigma, jet, bias, table.every)
    (back,) = torch.autograd.grad(out, jet, seed)
    with torch.no_grad():
        towers = _factored(sigma.derivatives(jet[0] + bias, table.order + 1))
        result = torch.stack(_result(jet[1:], towers, table.every))
        gradient = torch.stack(_gradient(seed, jet[1:], towers, table.every))
    torch.testing.assert_close(result, out.detach(), rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(gradient, back, rtol=1e-13, atol=1e-12)


@pytest.mark.skipif(
    not any(shutil.which(c) for c in ("g++", "clang++")), reason="needs a C++ compiler"
)
def test_compiled_code():
    table, sigma = jet_table(1, frozenset({(2,)})), tower("tanh")
    for n in (40, 31):  # one code for any number of points
        jet, bias = inputs(table, n=n, width=4)
        seed = torch.randn(jet.shape, dtype=F, generator=torch.Generator().manual_seed(1))
        results = []
        for fast in (True, False):
            out = compose(sigma, jet, bias, table, fast)
            results.append((out, *torch.autograd.grad(out, (jet, bias), seed, retain_graph=True)))
        assert type(out.grad_fn) is not type(results[0][0].grad_fn)
        for one, other in zip(*results, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)
    (slope,) = torch.autograd.grad(results[0][0].square().sum(), jet, create_graph=True)
    (other,) = torch.autograd.grad(results[1][0].square().sum(), jet, create_graph=True)
    seconds = [torch.autograd.grad(s.square().sum(), jet)[0] for s in (slope, other)]
    torch.testing.assert_close(*seconds, rtol=1e-12, atol=1e-12)


def test_many_tables_may_be_compiled():
    """torch.compile gives up at the eighth version of one piece of code."""
    codes = {
        steps_of(tower("tanh").derivatives, table.every).forward._torchdynamo_orig_callable.__code__
        for table in TABLES.values()
    }
    assert len(codes) == len(TABLES)


def test_a_compiler_that_fails_costs_nothing_but_a_warning(monkeypatch: pytest.MonkeyPatch):
    table, sigma = jet_table(1, frozenset({(3,)})), tower("tanh")
    jet, bias = inputs(table, n=4, width=2)

    def fails(*_: object) -> None:
        raise TorchDynamoException("no compiler today")

    monkeypatch.setattr(compiled, "_refused", set())
    monkeypatch.setattr(compiled, "steps_of", lambda *_: Steps(fails, fails))
    with pytest.warns(UserWarning, match="going on without it: no compiler today"):
        out = compose(sigma, jet, bias, table, True)
    torch.testing.assert_close(out, plain(sigma, jet, bias, table.every))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compose(sigma, jet, bias, table, True)
    with pytest.warns(UserWarning, match="going on without it"):
        grads = torch.autograd.grad(out.sum(), (jet, bias))
    wanted = torch.autograd.grad(plain(sigma, jet, bias, table.every).sum(), (jet, bias))
    for one, other in zip(grads, wanted, strict=True):
        torch.testing.assert_close(one, other)
