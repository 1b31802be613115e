"""Models u = G + B N against nested differentiation of the same function written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest
import torch
from torch import Tensor

from pdedsl.models import Axis, Reader, jet_table, model_options
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import factorial_of
from pdedsl.models.networks.hard import HardConditions

F = torch.float64
Function = Callable[[Tensor], Tensor]
KINDS = ["mlp", "modified_mlp", "residual_mlp", "fourier"]


def nested(function: Function, points: Tensor, index: tuple[int, ...]) -> Tensor:
    """D^index of a function of points to (n,)."""
    points = points.clone().requires_grad_()
    value = function(points)
    for axis, order in enumerate(index):
        for _ in range(order):
            if not value.requires_grad:  # a polynomial has become a number
                return torch.zeros_like(value)
            (grad,) = torch.autograd.grad(
                value.sum(), points, create_graph=True, allow_unused=True, materialize_grads=True
            )
            value = grad[:, axis]
    return value.detach()


def nested_jet(functions: list[Function], points: Tensor, table: JetTable) -> Tensor:
    """The jet by nested differentiation, (channels, n, functions)."""
    rows = [
        torch.stack(
            [
                sum(w * nested(f, points, a) / factorial_of(a) for a, w in row.items())
                for f in functions
            ],
            dim=1,
        )
        for row in table.taylor_rows()
    ]
    return torch.stack(rows)


@dataclass
class Written:
    """Fixed functions by nested differentiation."""

    functions: list[Function]

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        return nested_jet(self.functions, points, table)


LIFTS: list[Function] = [
    lambda x: torch.sin(2 * x[:, 0]) * torch.exp(x[:, -1] / 2),
    lambda x: x[:, 0] ** 3 + 0.5 * x[:, -1] ** 4,
]
FACTORS: list[Function] = [
    lambda x: (4 * x * (1 - x)).prod(dim=1),
    lambda x: x[:, -1] ** 2 + 0 * x[:, 0],
]


def model(kind: str, dimension: int) -> HardConditions:
    options = {"width": 5, "depth": 2, "init": "normal", "scale": 0.5, "hard": True}
    options |= {"kind": kind} | ({"modes": 1} if kind == "fourier" else {})
    axes = tuple(Axis(0.0, 1.0) for _ in range(dimension))
    return HardConditions(
        model_options(options).build(axes, 2),
        Written(LIFTS), Written(FACTORS),
    )  # fmt: skip


def value(made: HardConditions, theta: Tensor, output: int) -> Function:
    """u written out, from values of N alone."""

    def u(x: Tensor) -> Tensor:
        inner = made.model.jet(Reader(theta), x, jet_table(x.shape[1], frozenset()))[0, :, output]
        return LIFTS[output](x) + FACTORS[output](x) * inner

    return u


def tables(dimension: int) -> list[JetTable]:
    """All derivatives up to order four, and sums of second and fourth derivatives."""
    unit = [tuple(int(i == j) for j in range(dimension)) for i in range(dimension)]
    double = [tuple(2 * k for k in e) for e in unit]
    laplace = tuple((a, 1.0 + i) for i, a in enumerate(double))
    pairs = [tuple(p + q for p, q in zip(a, b, strict=True)) for a, b in product(double, double)]
    bilaplace = tuple((a, float(pairs.count(a))) for a in dict.fromkeys(pairs))
    every = frozenset(a for a in product(range(5), repeat=dimension) if sum(a) <= 4)
    return [
        jet_table(dimension, every),
        jet_table(dimension, frozenset({unit[0]}), (laplace,)),
        jet_table(dimension, frozenset(), (bilaplace,)),
    ]


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_jets_agree_with_nested_differentiation(dimension: int, number: int) -> None:
    made, table = model("mlp", dimension), tables(dimension)[number]
    theta = made.initial(torch.Generator().manual_seed(dimension))
    points = torch.rand(3, dimension, dtype=F, generator=torch.Generator().manual_seed(5))
    got = made.jet(Reader(theta), points, table)
    want = nested_jet([value(made, theta, k) for k in (0, 1)], points, table)
    for mine, reference in zip(got, want, strict=True):
        scale = max(1.0, reference.abs().max().item())
        assert torch.allclose(mine, reference, rtol=1e-12, atol=1e-12 * scale)


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_with_layers_can_be_wrapped(kind: str) -> None:
    made, table = model(kind, 2), jet_table(2, frozenset({(2, 1)}))
    theta = made.initial(torch.Generator().manual_seed(1))
    points = torch.rand(4, 2, dtype=F, generator=torch.Generator().manual_seed(6))
    got = made.jet(Reader(theta), points, table)
    want = nested_jet([value(made, theta, k) for k in (0, 1)], points, table)
    assert torch.allclose(got, want, rtol=1e-12, atol=1e-12 * want.abs().max().item())


def test_where_the_factor_vanishes_the_model_is_the_lift() -> None:
    made, table = model("mlp", 2), jet_table(2, frozenset())
    points = torch.tensor([[0.0, 0.3], [1.0, 0.8], [0.4, 0.0], [0.9, 1.0]], dtype=F)
    for seed in range(5):
        theta = 10 * made.initial(torch.Generator().manual_seed(seed))
        assert torch.equal(made.jet(Reader(theta), points, table)[0, :, 0], LIFTS[0](points))


def test_the_parameters_are_those_of_the_model_inside() -> None:
    made = model("modified_mlp", 2)
    inner = made.model
    assert (made.size, made.outputs, made.linear) == (inner.size, inner.outputs, inner.linear)
    assert dict(made.parts) == dict(inner.parts)
    one, two = (m.initial(torch.Generator().manual_seed(2)) for m in (made, inner))
    assert torch.equal(one, two)


@pytest.mark.parametrize("kind", KINDS)
def test_the_option_is_true_or_false(kind: str) -> None:
    with pytest.raises(
        ValueError, match=f'{kind}: hard must be true or false, but here it is "yes"'
    ):
        model_options({"kind": kind} | {"hard": "yes"})
    with pytest.raises(ValueError, match="there is no key hard"):
        model_options({"kind": "basis"} | {"hard": True})
