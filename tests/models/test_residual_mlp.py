"""Networks of residual blocks against the formulas of the paper."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor

import pdedsl
from pdedsl.models import Axis, Reader, jet_table, model_options
from pdedsl.models.jets.multiindices import factorial_of
from pdedsl.settings.method import Method
from tests import small

F = torch.float64
AXES = (Axis(-1.0, 1.5), Axis(0.0, 2.0, 2.0))
TABLE = jet_table(2, frozenset({(3, 1), (0, 2)}))


def network(**options: object):
    model = model_options({"kind": "residual_mlp"} | {"width": 5, "depth": 2} | options).build(
        AXES, 2
    )
    return model, model.initial(torch.Generator().manual_seed(3))


def plain(model, theta: Tensor, x: Tensor) -> Tensor:
    """The formulas written down once more, with all places counted anew."""
    features = torch.stack(
        [(2 * x[:, 0] - 0.5) / 2.5, torch.cos(torch.pi * x[:, 1]), torch.sin(torch.pi * x[:, 1])],
        dim=1,
    )
    options, place = model.options, 0

    def affine(z: Tensor, out: int) -> Tensor:
        nonlocal place
        width = z.shape[1]
        weight, bias = theta[place:].split([width * out, len(theta) - place - width * out])
        place += (width + 1) * out
        return z @ weight.view(out, width).T + bias[:out]

    def layer(z: Tensor) -> Tensor:
        return torch.tanh(affine(z, options.width))

    if options.gated:
        u, v, a = layer(features), layer(features), layer(features)
        for alpha in theta[-options.depth :]:
            f = layer(a)
            g = layer(f * u + (1 - f) * v)
            h = layer(g * u + (1 - g) * v)
            a = alpha * h + (1 - alpha) * a
    else:
        a = layer(features)
        for _ in range(options.depth):
            a = a + layer(layer(a))
    values = affine(a, 2)
    assert place == len(theta) - (options.depth if options.gated else 0)
    return values


@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize("depth", [1, 3])
def test_values_and_derivatives_of_the_formulas(gated: bool, depth: int) -> None:
    model, theta = network(gated=gated, depth=depth)
    theta += 0.3 * torch.randn(len(theta), dtype=F, generator=torch.Generator().manual_seed(5))
    points = torch.rand(4, 2, dtype=F, generator=torch.Generator().manual_seed(0)).requires_grad_()
    jet = model.jet(Reader(theta), points.detach(), TABLE.whole)
    for index, output in product([(0, 0), (1, 0), (3, 1), (0, 2)], (0, 1)):
        value = plain(model, theta, points)[:, output]
        for axis, order in enumerate(index):
            for _ in range(order):
                value = torch.autograd.grad(value.sum(), points, create_graph=True)[0][:, axis]
        got = jet[TABLE.channel(index)][:, output] * factorial_of(index)
        assert (got - value).abs().max() <= 1e-12 * value.abs().max(), index


def test_it_starts_as_a_shallow_network() -> None:
    model, theta = network(depth=3)
    shallow = model_options({"kind": "mlp"} | {"width": 5, "depth": 1}).build(AXES, 2)
    kept = torch.cat([theta[model.parts[name]] for name in ("layer 1", "output")])
    points = torch.rand(6, 2, dtype=F, generator=torch.Generator().manual_seed(1))
    jets = model.jet(Reader(theta), points, TABLE), shallow.jet(Reader(kept), points, TABLE)
    assert torch.equal(*jets)
    model, theta = network(depth=3, alpha=0.5)
    assert torch.equal(theta[model.parts["alpha"]], torch.full((3,), 0.5, dtype=F))
    assert not torch.allclose(model.jet(Reader(theta), points, TABLE), jets[0])


def test_names_of_the_parts() -> None:
    model, theta = network(depth=1)
    blocks = [f"block 1 layer {k}" for k in (1, 2, 3)]
    assert list(model.parts) == ["gate U", "gate V", "layer 1", *blocks, "output", "alpha"]
    ends = [0, *(part.stop for part in model.parts.values())]
    assert ends[:-1] == [part.start for part in model.parts.values()]
    assert ends[-1] == len(theta) == model.size
    model, theta = network(depth=1, gated=False)
    assert list(model.parts) == ["layer 1", *blocks[:2], "output"]
    assert len(theta) == model.size


def test_one_block_is_affine_in_its_skip_coefficient() -> None:
    model, theta = network(depth=1)
    points = torch.rand(3, 2, dtype=F, generator=torch.Generator().manual_seed(2))
    ends = []
    for alpha in (0.0, 1.0):
        theta[-1] = alpha
        ends.append(model.jet(Reader(theta), points, TABLE))
    leaf = theta.clone().requires_grad_()
    slope = torch.autograd.grad(model.jet(Reader(leaf), points, TABLE)[-1].sum(), leaf)[0][-1]
    want = (ends[1] - ends[0])[-1].sum()
    assert want.abs() > 0.1
    assert slope.item() == pytest.approx(want.item(), rel=1e-12)


def test_a_method_trains_it() -> None:
    method = Method.model_validate({
        "model": {"kind": "residual_mlp", "width": 6, "depth": 1, "alpha": 0.5},
        "optimizer": {"kind": "lm", "iterations": 12}, "sampling": {"points": {"eq": 40}},
    })  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(small.LINE), method)
    assert solution.errors["u"]["rel_l2"] < 1e-2
    assert solution.theta[solution.system.parts["alpha"]].item() != 0.5


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"gated": 1}, "residual_mlp: gated must be true or false, but here it is 1"),
        ({"alpha": float("nan")}, "residual_mlp: alpha must be a finite number"),
        ({"alpha": 0.5, "gated": False}, "alpha belongs to gated blocks"),
        ({"depth": 0}, "residual_mlp: depth"),
        ({"alfa": 1.0}, "did you mean alpha"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        network(**given)


def test_a_method_with_alpha_but_without_gates_is_refused() -> None:
    with pytest.raises(ValueError, match="alpha belongs to gated blocks"):
        Method.model_validate({"model": {"kind": "residual_mlp", "alpha": 0.5, "gated": False}})
