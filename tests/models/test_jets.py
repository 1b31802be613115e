"""Jets against nested differentiation, closed forms and each other."""

from __future__ import annotations

import math
from itertools import product

import mpmath
import pytest
import torch
from torch import Tensor

from pdedsl.models import Axis, Reader, jet_table, model_options
from pdedsl.models.jets.activations import ACTIVATIONS, tower
from pdedsl.models.jets.compose import compose
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import downward_closed, factorial_of, partitions

F = torch.float64
PLAIN = {
    "tanh": torch.tanh,
    "sin": torch.sin,
    "gelu": torch.nn.functional.gelu,
    "silu": torch.nn.functional.silu,
    "softplus": torch.nn.functional.softplus,
}
EXACT = {
    "tanh": mpmath.tanh,
    "sin": mpmath.sin,
    "gelu": lambda z: z * mpmath.ncdf(z),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
}


def network(d: int, periods: dict[int, float] | None = None, **options: object):
    axes = tuple(Axis(-1.0, 1.5 + i, (periods or {}).get(i)) for i in range(d))
    model = model_options({"kind": "mlp"} | {"width": 6, "depth": 2} | options).build(axes, 2)
    theta = model.initial(torch.Generator().manual_seed(d))
    theta += 0.1 * torch.randn(len(theta), dtype=F, generator=torch.Generator().manual_seed(9))
    return model, theta


def nested(model, theta: Tensor, points: Tensor, index: tuple[int, ...], output: int) -> Tensor:
    """A derivative by repeated reverse differentiation of the plain network."""
    points = points.clone().requires_grad_()
    value = plain(model, theta, points)[:, output]
    for axis, order in enumerate(index):
        for _ in range(order):
            (grad,) = torch.autograd.grad(value.sum(), points, create_graph=True)
            value = grad[:, axis]
    return value.detach()


def plain(model, theta: Tensor, points: Tensor) -> Tensor:
    columns = []
    for i, axis in enumerate(model.embedding.axes):
        x = points[:, i]
        if axis.period is None:
            columns.append((2 * x - axis.lower - axis.upper) / (axis.upper - axis.lower))
        else:
            for k in range(1, model.embedding.harmonics + 1):
                w = 2 * math.pi * k / axis.period
                columns += [torch.cos(w * x), torch.sin(w * x)]
    h = torch.stack(columns, dim=1)
    activation = PLAIN[model.options.activation]
    for number, layer in enumerate(model.layers):
        weight = theta[layer.weight : layer.weight + layer.width * layer.out]
        h = h @ weight.view(layer.out, layer.width).T + theta[layer.bias : layer.bias + layer.out]
        if number + 1 < len(model.layers):
            h = activation(h)
    return h


def read(jet: Tensor, table: JetTable, index: tuple[int, ...], output: int) -> Tensor:
    return jet[table.channel(index)][:, output] * factorial_of(index)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize(
    ("d", "periods", "order"),
    [(1, {}, 5), (2, {}, 4), (3, {}, 4), (2, {0: 2.0}, 4), (2, {1: 0.7}, 3)],
)
def test_all_derivatives_agree_with_nested_differentiation(
    activation: str, d: int, periods: dict[int, float], order: int
) -> None:
    model, theta = network(d, periods, activation=activation, harmonics=2)
    points = torch.rand(4, d, dtype=F, generator=torch.Generator().manual_seed(0))
    indices = [a for a in product(range(order + 1), repeat=d) if sum(a) <= order]
    table = jet_table(d, frozenset(indices))
    jet = model.jet(Reader(theta), points, table)
    for index in indices:
        for output in (0, 1):
            want = nested(model, theta, points, index, output)
            got = read(jet, table, index, output)
            scale = want.abs().max().clamp(min=1.0)
            assert (got - want).abs().max() <= 1e-12 * scale, index


def test_a_single_neuron_against_a_closed_form_in_high_precision() -> None:
    # u = 1.3 tanh(w x̂ + v ŷ + b) has derivatives 1.3 w^i v^j σ^(i+j), to be had from mpmath.
    model = model_options({"kind": "mlp"} | {"width": 1, "depth": 1}).build(
        (Axis(-1, 1), Axis(-1, 1)), 1
    )
    w, v, b = 0.8, -1.7, 0.3
    theta = torch.tensor([w, v, b, 1.3, 0.25], dtype=F)
    points = torch.tensor([[0.3, -0.4]], dtype=F)
    table = jet_table(2, frozenset({(4, 2), (1, 5)})).whole
    jet = model.jet(Reader(theta), points, table)
    with mpmath.workdps(40):
        z = mpmath.mpf(w) * points[0, 0].item() + mpmath.mpf(v) * points[0, 1].item() + b
        for i, j in [(1, 0), (1, 1), (4, 2), (1, 5), (0, 5)]:
            want = (
                1.3 * mpmath.mpf(w) ** i * mpmath.mpf(v) ** j * mpmath.diff(mpmath.tanh, z, i + j)
            )
            assert read(jet, table, (i, j), 0).item() == pytest.approx(float(want), rel=1e-12)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activation_derivatives_of_order_ten(name: str) -> None:
    z = torch.linspace(-2, 2, 7, dtype=F)
    values = tower(name)(z, 10)
    with mpmath.workdps(60):
        for k, value in enumerate(values):
            for at, got in zip(z.tolist(), value.tolist(), strict=True):
                want = float(mpmath.diff(EXACT[name], at, k))
                assert got == pytest.approx(want, rel=1e-11, abs=1e-11 * math.factorial(k))


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activation_towers_differentiate_in_every_mode(name: str) -> None:
    z = torch.linspace(-1.5, 1.5, 5, dtype=F, requires_grad=True)
    f = tower(name)
    assert torch.autograd.gradcheck(lambda s: f(s, 3), z, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda s: f(s, 2), z)
    _, tangent = torch.func.jvp(lambda s: f(s, 3)[3], (z,), (torch.ones_like(z),))
    assert torch.allclose(tangent, f(z, 4)[4], rtol=1e-13)


SUMS = [
    (2, (((0, 2), 1.0), ((2, 0), 1.0))),
    (2, (((0, 4), 1.0), ((2, 2), 2.0), ((4, 0), 1.0))),
    (3, (((0, 0, 2), -3.0), ((1, 1, 0), 0.5), ((2, 0, 0), 1.0))),
]


@pytest.mark.parametrize(("d", "terms"), SUMS)
@pytest.mark.parametrize("periods", [{}, {0: 2.0}])
def test_a_collapsed_sum_is_the_sum(d: int, terms, periods: dict[int, float]) -> None:
    model, theta = network(d, periods)
    points = torch.rand(5, d, dtype=F, generator=torch.Generator().manual_seed(1))
    full = jet_table(d, frozenset(a for a, _ in terms))
    merged = jet_table(d, frozenset(), (terms,))
    assert merged.channels < full.channels
    every = model.jet(Reader(theta), points, full)
    want = sum(c * read(every, full, a, 1) for a, c in terms)
    got = model.jet(Reader(theta), points, merged)[merged.sum_channel(terms)][:, 1]
    assert torch.allclose(got, want, rtol=1e-13, atol=1e-13 * want.abs().max().item())


def test_the_laplacian_needs_d_plus_two_channels() -> None:
    d = 7
    terms = tuple((tuple(2 * int(i == j) for i in range(d)), 1.0) for j in range(d))
    assert jet_table(d, frozenset(), (tuple(sorted(terms)),)).channels == d + 2


def test_a_sum_with_a_derivative_needed_alone_is_refused() -> None:
    terms = (((0, 2), 1.0), ((2, 0), 1.0))
    with pytest.raises(ValueError, match="collapsed"):
        jet_table(2, frozenset({(2, 0)}), (terms,))


def test_multi_indices() -> None:
    assert downward_closed([(2, 1)], 2) == ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (2, 1))
    # Numbers of partitions of 5, and of a vector (2, 2): 7 and 9.
    assert len(partitions((5,))) == 7
    assert len(partitions((2, 2))) == 9


def test_composition_with_a_function_of_functions() -> None:
    # sin(x²) from the jet of x²: fourth derivative in closed form.
    x = torch.tensor([0.7], dtype=F)
    table = jet_table(1, frozenset({(4,)}))
    jet = torch.stack([x**2, 2 * x, torch.ones_like(x), 0 * x, 0 * x]).unsqueeze(-1)
    out = compose(tower("sin"), jet, None, table)[4, 0, 0] * 24
    want = mpmath.diff(lambda s: mpmath.sin(s * s), 0.7, 4)
    assert out.item() == pytest.approx(float(want), rel=1e-12)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_a_periodic_model_has_the_period_with_all_derivatives(activation: str) -> None:
    model, theta = network(2, {0: 2.0}, activation=activation, harmonics=3)
    points = torch.rand(6, 2, dtype=F)
    moved = points + torch.tensor([2.0, 0.0], dtype=F)
    table = jet_table(2, frozenset({(3, 1), (0, 2)}))
    one, two = (model.jet(Reader(theta), p, table) for p in (points, moved))
    assert torch.allclose(one, two, rtol=1e-9, atol=1e-9)
    half = model.jet(Reader(theta), points + torch.tensor([1.0, 0.0], dtype=F), table)
    assert not torch.allclose(one, half, atol=1e-3)
