"""Jets of given expressions against nested differentiation."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.exact_conditions.fixed_jets import Derivatives, FixedJets
from pdedsl.ir import TooLargeError, coordinate, evaluate
from pdedsl.models import jet_table
from pdedsl.models.jets.multiindices import factorial_of
from tests.models.test_hard import nested_jet, tables

F = torch.float64
x, y = coordinate("x"), coordinate("y")


def test_derivatives_with_a_bound() -> None:
    steep = Derivatives(sp.exp(sp.sin(x) * sp.cos(y)), (x, y))
    with pytest.raises(TooLargeError):
        steep.prepare([(5, 5)], 2_000)
    steep.prepare([(1, 1)], 2_000)
    # What is asked for later is taken whatever its size.
    at = {x: np.float64(0.3), y: np.float64(-0.7)}
    want = evaluate(sp.diff(sp.exp(sp.sin(x) * sp.cos(y)), x, 3, y, 3), at)
    assert evaluate(steep((3, 3)), at) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_jets_of_expressions_against_nested_differentiation(dimension: int) -> None:
    names = tuple(coordinate(f"x[{i}]") for i in range(1, dimension + 1))
    first, last = names[0], names[-1]
    expressions = [sp.sin(2 * first) * sp.exp(last / 2), first**3 * (1 - last) / 3, sp.Integer(1)]

    def one(p: Tensor) -> Tensor:
        return torch.sin(2 * p[:, 0]) * torch.exp(p[:, -1] / 2)

    def two(p: Tensor) -> Tensor:
        return p[:, 0] ** 3 * (1 - p[:, -1]) / 3

    points = torch.rand(4, dimension, dtype=F, generator=torch.Generator().manual_seed(1))
    jets = FixedJets(names, [Derivatives(e, names) for e in expressions])
    for table in tables(dimension):
        want = nested_jet([one, two, lambda p: 1 + 0 * p[:, 0]], points, table)
        got = jets.jet(points, table)
        assert got.shape == want.shape
        assert torch.allclose(got, want, rtol=1e-12, atol=1e-12 * want.abs().max().item())


def test_jets_are_kept_for_the_same_points() -> None:
    jets = FixedJets((x, y), [Derivatives(x * y, (x, y))])
    table = jet_table(2, frozenset({(1, 1)}))
    points = torch.rand(5, 2, dtype=F)
    first = jets.jet(points, table)
    assert jets.jet(points.clone(), table) is first
    assert torch.equal(first[table.channel((1, 1))] * factorial_of((1, 1)), torch.ones(5, 1))
    assert not torch.equal(jets.jet(points + 1, table), first)
