"""The gated network and products of jets, against nested differentiation and closed forms."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor

from pdedsl.models import Axis, Reader, jet_table, model_options
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import factorial_of
from pdedsl.models.jets.products import multiply

F = torch.float64
LAPLACE = (((0, 2), 1.0), ((2, 0), 1.0))
BILAPLACE = (((0, 4), 1.0), ((2, 2), 2.0), ((4, 0), 1.0))


def gated(depth: int, activation: str = "tanh"):
    axes = (Axis(-1.0, 1.5), Axis(0.0, 2.0, 2.0))
    options = {"width": 5, "depth": depth, "activation": activation, "init": "normal", "scale": 0.7}
    model = model_options({"kind": "modified_mlp"} | options).build(axes, 2)
    return model, model.initial(torch.Generator().manual_seed(3))


def plain(model, theta: Tensor, x: Tensor) -> Tensor:
    """The formulas of the paper, written down once more."""
    features = torch.stack(
        [(2 * x[:, 0] - 0.5) / 2.5, torch.cos(torch.pi * x[:, 1]), torch.sin(torch.pi * x[:, 1])],
        dim=1,
    )
    act = {"tanh": torch.tanh, "gelu": torch.nn.functional.gelu}[model.options.activation]
    values = {}
    place = 0
    width = model.options.width
    names = ["U", "V", *range(1, model.options.depth + 1), "out"]
    for name in names:
        inner = 3 if name in ("U", "V", 1) else width
        out = 2 if name == "out" else width
        weight = theta[place : place + inner * out].view(out, inner)
        bias = theta[place + inner * out : place + (inner + 1) * out]
        place += (inner + 1) * out
        values[name] = (weight, bias)
    affine = lambda name, z: z @ values[name][0].T + values[name][1]  # noqa: E731
    u, v, h = (act(affine(n, features)) for n in ("U", "V", 1))
    for number in range(2, model.options.depth + 1):
        z = act(affine(number, h))
        h = (1 - z) * u + z * v
    assert place == len(theta)
    return affine("out", h)


def nested(f, points: Tensor, index: tuple[int, ...]) -> Tensor:
    points = points.clone().requires_grad_()
    value = f(points)
    for axis, order in enumerate(index):
        for _ in range(order):
            (grad,) = torch.autograd.grad(value.sum(), points, create_graph=True)
            value = grad[:, axis]
    return value.detach()


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_derivatives_agree_with_nested_differentiation(depth: int, activation: str) -> None:
    model, theta = gated(depth, activation)
    points = torch.rand(4, 2, dtype=F, generator=torch.Generator().manual_seed(0))
    indices = [a for a in product(range(5), repeat=2) if sum(a) <= 4]
    table = jet_table(2, frozenset(indices))
    jet = model.jet(Reader(theta), points, table)
    for index in indices:
        for output in (0, 1):
            want = nested(lambda x, k=output: plain(model, theta, x)[:, k], points, index)
            got = jet[table.channel(index)][:, output] * factorial_of(index)
            scale = max(1.0, want.abs().max().item())
            assert torch.allclose(got, want, rtol=1e-12, atol=1e-12 * scale)


def taylor(f, points: Tensor, table: JetTable) -> Tensor:
    rows = [
        sum(w * nested(f, points, a) / factorial_of(a) for a, w in row.items())
        for row in table.taylor_rows()
    ]
    return torch.stack(rows).unsqueeze(-1)


@pytest.mark.parametrize("sums", [(), (LAPLACE,), (BILAPLACE,)])
@pytest.mark.parametrize("needed", [(), ((1, 0),)])
def test_a_product_follows_leibniz(sums, needed) -> None:
    table = jet_table(2, frozenset(needed) or frozenset({(0, 0)}), sums)
    points = torch.rand(6, 2, dtype=F, generator=torch.Generator().manual_seed(2))
    f = lambda x: torch.sin(2 * x[:, 0] - x[:, 1])  # noqa: E731
    g = lambda x: torch.exp(x[:, 0] * x[:, 1])  # noqa: E731
    got = multiply(taylor(f, points, table), taylor(g, points, table), table)
    want = taylor(lambda x: f(x) * g(x), points, table)
    assert torch.allclose(got, want, rtol=1e-12, atol=1e-11)


def test_names_of_the_parts() -> None:
    model, theta = gated(2)
    assert list(model.parts) == ["gate U", "gate V", "layer 1", "layer 2", "output"]
    assert list(model.parts.values())[-1].stop == len(theta) == model.size
