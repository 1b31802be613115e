"""Networks that give only the channels that are read, and their first layer in closed form.

What is differentiated is the value of the same network, a jet of one channel, which neither
concerns: it is compared with formulas in the tests of each model.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pdedsl.compiler.evaluation.jacobian import Assembly, factors
from pdedsl.models import ACTIVATIONS, Axis, Model, Reader, Tape, model_options
from pdedsl.models.jets.activations import tower
from pdedsl.models.jets.channels import gather, scatter
from pdedsl.models.jets.compiled import _factored, _gradient, _result
from pdedsl.models.jets.compose import compose, plain
from pdedsl.models.jets.jet_table import JetTable, Sum, jet_table
from pdedsl.models.jets.linear_map import linear_map
from pdedsl.models.jets.multiindices import MultiIndex, factorial_of
from pdedsl.models.jets.products import multiply, multiply_add
from pdedsl.models.jets.ridge import AffineFeatures, Ridge, first_layer
from pdedsl.models.jets.ridge_plan import ridge_plan
from pdedsl.models.networks.layered import Layered
from pdedsl.models.parameters import Affine

F = torch.float64

HEAT = (((0, 1), 1.0), ((2, 0), -0.3))  # degrees one and two in one channel
TABLES = {
    "laplacian": jet_table(2, frozenset(), ((((0, 2), 1.0), ((2, 0), 1.0)),)),
    "bilaplacian": jet_table(2, frozenset(), ((((0, 4), 1.0), ((2, 2), 2.0), ((4, 0), 1.0)),)),
    "heat": jet_table(2, frozenset(), (HEAT,)),
    "heat and slope": jet_table(2, frozenset({(1, 0)}), (HEAT,)),
    "slope": jet_table(2, frozenset({(0, 1)})),
    "advection": jet_table(2, frozenset(), ((((0, 1), 1.0), ((1, 0), 2.0)),)),
    "kdv": jet_table(2, frozenset({(0, 0), (1, 0), (0, 1), (3, 0)})),
    "third": jet_table(3, frozenset({(1, 1, 1), (2, 0, 1)})),
    "fourth": jet_table(1, frozenset({(1,), (4,)})),
}
tables = pytest.mark.parametrize("name", sorted(TABLES))


def drawn(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=F, generator=generator).requires_grad_()


def close(one: Tensor, other: Tensor, tolerance: float = 1e-12) -> bool:
    return bool((one - other).abs().max() <= tolerance * other.abs().max().clamp(min=1e-3))


@tables
def test_what_is_read(name: str) -> None:
    table = TABLES[name]
    needed = {
        "laplacian": [-1], "bilaplacian": [-1], "heat": [-1], "heat and slope": [1, -1],
        "slope": [1], "advection": [-1], "kdv": [0, 1, 2, -1], "third": [7, 8], "fourth": [1, 4],
    }[name]  # fmt: skip
    found = [table.channels + c if c < 0 else c for c in needed]
    if name == "third":
        found = [table.channel((1, 1, 1)), table.channel((2, 0, 1))]
    assert sorted(found) == list(table.read)
    assert table.whole.read == tuple(range(table.channels))
    assert table.whole.whole is table.whole
    assert table.wanted_and_value.channels == tuple(sorted({0, *found}))


def test_without_a_wish_the_value_is_read() -> None:
    assert jet_table(3, frozenset()).read == (0,)


@tables
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_a_step_to_some_channels(name: str, activation: str) -> None:
    table, sigma = TABLES[name], tower(activation)
    jet, bias = drawn(table.channels, 5, 3), drawn(3, seed=1)
    for rows in (table.wanted, table.wanted_and_value):
        seed = drawn(len(rows), 5, 3, seed=2).detach()
        whole = plain(sigma, jet, bias, table.every)
        want = torch.stack([whole[c] for c in rows.channels])
        ways = [compose(sigma, jet, bias, table, rows=rows), plain(sigma, jet, bias, rows)]
        slopes = torch.autograd.grad(want, (jet, bias), seed)
        for out in ways:
            assert close(out, want)
            for one, other in zip(torch.autograd.grad(out, (jet, bias), seed), slopes, strict=True):
                assert close(one, other)
        with torch.no_grad():
            towers = _factored(sigma.derivatives(jet[0] + bias, rows.order + 1))
            assert close(torch.stack(_result(jet[1:], towers, rows)), want)
            assert close(torch.stack(_gradient(seed, jet[1:], towers, rows)), slopes[0])


@pytest.mark.parametrize("name", ["laplacian", "kdv", "heat and slope"])
def test_second_gradients_of_a_step_to_some_channels(name: str) -> None:
    table = TABLES[name]
    given = drawn(table.channels, 2, 2), drawn(2, seed=1)

    def step(jet: Tensor, bias: Tensor) -> Tensor:
        return compose(tower("tanh"), jet, bias, table, rows=table.wanted)

    assert torch.autograd.gradcheck(step, given)
    assert torch.autograd.gradgradcheck(step, given)


@tables
def test_products_in_some_channels(name: str) -> None:
    table = TABLES[name]
    jets = [drawn(table.channels, 4, 3, seed=k) for k in range(3)]
    rows = table.wanted
    whole = jets[0] + multiply(jets[1], jets[2], table)
    want = torch.stack([whole[c] for c in rows.channels])
    got = multiply_add(*jets, table, rows)
    seed = drawn(*got.shape, seed=5).detach()
    assert close(got, want)
    pairs = zip(*(torch.autograd.grad(out, jets, seed) for out in (got, want)), strict=True)
    assert all(close(one, other) for one, other in pairs)
    if table.channels < 6:
        few = [drawn(table.channels, 1, 2, seed=k) for k in range(3)]
        assert torch.autograd.gradgradcheck(lambda a, u, v: multiply_add(a, u, v, table, rows), few)


@tables
def test_channels_taken_out_and_put_back(name: str) -> None:
    table = TABLES[name]
    rows, jet = table.wanted, drawn(table.channels, 2, 2)
    back = scatter(gather(jet, rows), rows, table.channels)
    for channel, (one, other) in enumerate(zip(back, jet, strict=True)):
        assert torch.equal(one, other if channel in rows.channels else 0 * other)
    part = gather(jet, rows).detach().requires_grad_()
    for check in (torch.autograd.gradcheck, torch.autograd.gradgradcheck):
        assert check(lambda z: gather(z, rows), (jet,))
        assert check(lambda z: scatter(z, rows, table.channels), (part,))
    mapped = torch.func.vmap(lambda z: scatter(gather(z, rows), rows, table.channels))(jet[None])
    assert torch.equal(mapped[0], back)


def features(table: JetTable, n: int = 4) -> AffineFeatures:
    values = drawn(n, table.dimension, seed=7).detach()
    return AffineFeatures(values, torch.linspace(0.5, 1.7, table.dimension, dtype=F))


def generic(theta: Tensor, given: AffineFeatures, table: JetTable, sigma: Any, out: int) -> Tensor:
    """The first layer by the jet of the features."""
    jet = torch.zeros(table.channels, *given.values.shape, dtype=F)
    jet[0] = given.values
    for channel, row in enumerate(table.taylor_rows()):
        for axis, slope in enumerate(given.slopes):
            unit = tuple(int(axis == k) for k in range(table.dimension))
            jet[channel, :, axis] += slope * row.get(unit, 0.0)
    weight = theta[: out * table.dimension].view(out, -1)
    return plain(sigma, linear_map(weight, jet), theta[out * table.dimension :], table.every)


@tables
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_the_first_layer(name: str, activation: str) -> None:
    table, sigma, out = TABLES[name], tower(activation), 3
    given, size = features(table), 3 * table.dimension
    theta, layer = drawn(size + 3, seed=3), Affine(out, 0, size)
    whole = generic(theta, given, table, sigma, out)
    for rows in (table.every, table.wanted, table.wanted_and_value):
        got = first_layer(sigma, Reader(theta), given, layer, ridge_plan(table, rows))
        want = torch.stack([whole[c] for c in rows.channels])
        assert close(got, want)
        seed = drawn(*got.shape, seed=4).detach()
        (one,), (other,) = (
            torch.autograd.grad(jet, theta, seed, retain_graph=True) for jet in (got, want)
        )
        assert close(one, other)


@pytest.mark.parametrize("name", ["laplacian", "heat", "heat and slope", "kdv", "slope"])
@pytest.mark.parametrize("activation", ["tanh", "sin", "silu"])
def test_gradients_of_the_first_layer_by_finite_differences(name: str, activation: str) -> None:
    table, sigma = TABLES[name], tower(activation)
    for rows in (table.every, table.wanted):
        plan = ridge_plan(table, rows)
        counts = [sum(count for *_, count, _ in degree.runs) for degree in plan.used]
        numbers = [drawn(count, 2, seed=k) for k, count in enumerate(counts)]

        def node(z: Tensor, bias: Tensor, *numbers: Tensor, plan: Any = plan) -> Tensor:
            jet: Tensor = Ridge.apply(z, bias, sigma, plan, *numbers)
            return jet

        arguments = (drawn(1, 2, 2, seed=8), drawn(2, seed=9), *numbers)
        assert torch.autograd.gradcheck(node, arguments)
        assert torch.autograd.gradgradcheck(node, arguments)


KINDS: dict[str, dict[str, Any]] = {
    "mlp": {}, "modified_mlp": {}, "residual_mlp": {"alpha": 0.4}, "plain residual_mlp":
    {"gated": False}, "fourier": {"modes": 1},
}  # fmt: skip


def network(kind: str, axes: tuple[Axis, ...], **options: Any) -> tuple[Layered, Tensor]:
    """A network of two outputs, and parameters whose biases are not zero."""
    made = model_options({"kind": kind.split()[-1], "width": 4} | KINDS[kind] | options).build(
        axes, 2
    )
    assert isinstance(made, Layered)
    return made, (made.initial(torch.Generator().manual_seed(1)) + 0.3 * drawn(made.size)).detach()


def box(dimension: int, circle: bool = False) -> tuple[Axis, ...]:
    """Axes from −1 on; the last may be a circle."""
    plain = [Axis(-1.0, 0.5 + i) for i in range(dimension)]
    return (*plain[:-1], Axis(-1.0, 1.0, 2.0)) if circle else tuple(plain)


def nested(model: Model, theta: Tensor, points: Tensor, index: MultiIndex, output: int) -> Tensor:
    points = points.detach().requires_grad_()
    value = model.jet(Reader(theta), points, jet_table(points.shape[1], frozenset()))[0, :, output]
    for axis, order in enumerate(index):
        for _ in range(order):
            value = torch.autograd.grad(value.sum(), points, create_graph=True)[0][:, axis]
    return value.detach()


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_networks(data: st.DataObject) -> None:
    """Channels that are read against nested differentiation; the others are zero."""
    d = data.draw(st.integers(1, 3))
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    model, theta = network(
        kind, box(d, data.draw(st.booleans())), depth=data.draw(st.integers(1, 2)),
        activation=data.draw(st.sampled_from(sorted(ACTIVATIONS))),
    )  # fmt: skip
    every = [a for a in product(range(5), repeat=d) if sum(a) <= 4]
    needed = data.draw(st.sets(st.sampled_from(every), max_size=2))
    sums: list[Sum] = []
    free = [a for a in every if sum(a) > 1 and not any(below(a, b) for b in needed)]
    degree = data.draw(st.integers(2, 4))
    top = [a for a in free if sum(a) == degree and not any(below(b, a) for b in needed)]
    if top and data.draw(st.booleans()):
        sums = [tuple((a, 1.0 + i) for i, a in enumerate(top))]
    table = jet_table(d, frozenset(needed), tuple(sums))
    points = drawn(3, d, seed=2).detach() / 3
    jet, tape = model.jet(Reader(theta), points, table), Tape(theta)
    assert close(model.jet(tape, points, table), jet)
    assert close(gather(model.jet(Reader(theta), points, table.whole), table.wanted),
                 gather(jet, table.wanted))  # fmt: skip
    for channel, row in enumerate(table.taylor_rows()):
        if channel not in table.read:
            assert not jet[channel].any()
            continue
        terms = {a: nested(model, theta, points, a, 1) for a in row}
        want = sum(w / factorial_of(a) * terms[a] for a, w in row.items())
        assert isinstance(want, Tensor)
        scale = max(float(w / factorial_of(a) * terms[a].abs().max()) for a, w in row.items())
        assert (jet[channel, :, 1] - want).abs().max() <= 1e-12 * max(scale, 1.0)


def below(one: MultiIndex, other: MultiIndex) -> bool:
    return all(i <= j for i, j in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("depth", [1, 2])
def test_rows_of_the_jacobian_of_a_law_without_the_value(kind: str, depth: int) -> None:
    """The Laplacian by a record, against every row differentiated by itself."""
    table = TABLES["laplacian"]
    model, theta = network(kind, box(2), depth=depth)
    points = drawn(5, 2, seed=2).detach() / 3
    tape = Tape(theta)
    result = model.jet(tape, points, table)[-1, :, 1]
    assembly = Assembly(5, model.size, theta)
    for factor in factors([tape], [result], [0]):
        assembly.add(factor)

    def law(parameters: Tensor, x: Tensor) -> Tensor:
        def value(at: Tensor) -> Tensor:
            jet = model.jet(Reader(parameters), at[None], jet_table(2, frozenset()))
            return jet[0, 0, 1]

        return torch.func.hessian(value)(x).trace()

    if kind == "fourier":  # its features are remembered, which maps cannot be
        own = [nested_gradient(model, theta, x) for x in points]
        want = torch.stack(own)
    else:
        want = torch.func.vmap(torch.func.grad(law), in_dims=(None, 0))(theta, points)
    assert close(assembly.done(), want)
    assert not assembly.done()[:, model.layers[-1].bias :][:, : model.outputs].any()


def nested_gradient(model: Model, theta: Tensor, x: Tensor) -> Tensor:
    leaf, at = theta.clone().requires_grad_(), x[None].clone().requires_grad_()
    value = model.jet(Reader(leaf), at, jet_table(2, frozenset()))[0, :, 1]
    (slope,) = torch.autograd.grad(value.sum(), at, create_graph=True)
    second = [torch.autograd.grad(slope[0, i], at, create_graph=True)[0][0, i] for i in range(2)]
    return torch.autograd.grad(torch.stack(second).sum(), leaf)[0]
