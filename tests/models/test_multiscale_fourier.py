"""Networks on Fourier features of several bandwidths, against formulas by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import pdedsl
from pdedsl.compiler.evaluation.jacobian import Assembly, factors
from pdedsl.compiler.residual.build import build
from pdedsl.models import Axis, MisfitError, Reader, Tape, jet_table, model_options
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import factorial_of

F = torch.float64
AXES = (Axis(-1.0, 2.0), Axis(0.0, 3.0, 3.0), Axis(0.0, 1.0))
SMALL = {"width": 4, "depth": 2, "features": 3, "bandwidths": [0.5, 2.0, 4.0]}
CASES: dict[str, dict[str, Any]] = {
    "together": SMALL,
    "apart": SMALL | {"last_bandwidths": [1.0, 3.0], "rwf": True},
}


def network(
    outputs: int = 2, axes: tuple[Axis, ...] = AXES, **options: object
) -> tuple[Any, Tensor]:
    model = model_options({"kind": "multiscale_fourier"} | options).build(axes, outputs)
    generator = torch.Generator().manual_seed(2)
    theta = model.initial(generator)
    return model, theta + 0.2 * torch.randn(len(theta), dtype=F, generator=generator)


def plain(model: Any, theta: Tensor, x: Tensor) -> Tensor:
    """The formulas of the paper, scale by scale, with the wave vectors of the network."""
    options, place = model.options, 0
    m, width = options.features, options.width
    waves = torch.as_tensor(model.embedding.vectors)
    centre = torch.tensor([(a.lower + a.upper) / 2 for a in model.embedding.axes], dtype=F)

    def affine(inputs: int, out: int) -> Any:
        nonlocal place
        weight = theta[place : place + inputs * out].view(out, inputs)
        bias = theta[place + inputs * out : place + (inputs + 1) * out]
        place += (inputs + 1) * out
        if options.rwf is not None:
            weight = torch.diag(torch.exp(theta[place : place + out])) @ weight
            place += out
        return lambda z: z @ weight.T + bias

    layers = [affine(2 * m, width), *(affine(width, width) for _ in range(options.depth - 1))]
    scales = []
    for start in range(0, len(waves), m):
        phases = (x - centre) @ waves[start : start + m].T
        z = torch.stack((torch.cos(phases), torch.sin(phases)), dim=-1).flatten(1)
        for layer in layers:
            z = torch.tanh(layer(z))
        scales.append(z)
    if options.last_bandwidths is not None:
        space, time = scales[: len(options.bandwidths)], scales[len(options.bandwidths) :]
        scales = [a * b for a in space for b in time]
    out = affine(len(scales) * width, model.outputs)(torch.cat(scales, dim=1))
    assert place == len(theta) == model.size
    return out


def points() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(4, 3, dtype=F, generator=generator) * torch.tensor([3.0, 3.0, 1.0], dtype=F)


def derivative(value: Tensor, x: Tensor, index: tuple[int, ...]) -> Tensor:
    for axis, order in enumerate(index):
        for _ in range(order):
            value = torch.autograd.grad(value.sum(), x, create_graph=True)[0][:, axis]
    return value


@pytest.mark.parametrize("case", CASES)
def test_derivatives_up_to_fourth_order(case: str) -> None:
    model, theta = network(**CASES[case])
    indices = [a for a in product(range(5), repeat=3) if sum(a) <= 4 and min(a) < 2]
    table = jet_table(3, frozenset(indices))
    x = points().requires_grad_()
    jet = model.jet(Reader(theta), x.detach(), table)
    values = plain(model, theta, x)
    for index, output in product(indices[::3], (0, 1)):
        want = derivative(values[:, output], x, index)
        got = jet[table.channel(index)][:, output] * factorial_of(index)
        assert torch.allclose(got, want, rtol=1e-10, atol=1e-10 * want.abs().max().item())


@pytest.mark.parametrize("case", CASES)
def test_sums_and_rows_of_the_jacobian(case: str) -> None:
    """A Laplacian as one channel, and rows of matrices that every scale goes through."""
    model, theta = network(outputs=1, **CASES[case])
    laplacian = tuple((tuple(2 * int(i == k) for i in range(3)), 1.0) for k in range(3))
    table: JetTable = jet_table(3, frozenset({(0, 0, 0), (0, 0, 1)}), (tuple(sorted(laplacian)),))
    tape, x = Tape(theta), points()
    rows = [model.jet(tape, x, table)[k, :, 0] for k in (0, -1)]
    assembly = Assembly(8, model.size, theta)
    for factor in factors([tape], rows, [0, 4]):
        assembly.add(factor)

    def both(p: Tensor) -> Tensor:
        return torch.cat([model.jet(Reader(p), x, table)[k, :, 0] for k in (0, -1)])

    assert torch.allclose(assembly.done(), torch.func.jacrev(both)(theta), rtol=1e-10, atol=1e-11)
    values = torch.func.jacrev(lambda p: plain(model, p, x)[:, 0])(theta)
    assert torch.allclose(assembly.done()[:4], values, rtol=1e-10, atol=1e-12)
    at = x.clone().requires_grad_()
    value = plain(model, theta, at)[:, 0]
    want = sum(derivative(value, at, a) for a, _ in laplacian)
    assert torch.allclose(both(theta)[4:], want, rtol=1e-10, atol=1e-9)


def test_wave_vectors_of_each_scale() -> None:
    options = {"features": 4000, "bandwidths": [1.0, 20.0], "last_bandwidths": [5.0], "width": 2}
    model, _ = network(**options)
    waves = np.asarray(model.embedding.vectors)
    for start, deviation in ((0, 1.0), (4000, 20.0)):
        own = waves[start : start + 4000]
        assert (own[:, 0] * 3 / 2).std() == pytest.approx(deviation, rel=0.05)
        turns = own[:, 1] * 3 / (2 * np.pi)
        assert np.allclose(turns, np.round(turns))
        assert not own[:, 2].any()
    time = waves[8000:]
    assert len(time) == 4000 and not time[:, :2].any()
    assert (time[:, 2] / 2).std() == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize(
    ("bandwidths", "least", "most"), [([2.0, 25.0], 0.0, 1e-5), ([2.0], 1e-4, 1.0)]
)
def test_two_scales_need_two_bandwidths(bandwidths: list[float], least: float, most: float) -> None:
    """sin πx + sin 12πx / 10 from its second derivative, by Gauss-Newton."""
    text = """
domain  Omega: x in [-1, 1]
unknown u(x)
let us = sin(pi*x) + sin(12*pi*x)/10
eq: u_xx = d(us, x, 2)
bc: u = 0  on boundary
exact u = us
"""
    model = {"kind": "multiscale_fourier", "width": 12, "depth": 1, "bandwidths": bandwidths}
    system = build(pdedsl.parse(text), model, {"eq": 300, "bc": 2}, weights={"bc": 1e4})
    method = pdedsl.Method.model_validate({"optimizer": {"kind": "lm", "iterations": 50}})
    theta = pdedsl.train(system, method).theta
    x = torch.linspace(-1, 1, 201, dtype=F)[:, None]
    want = torch.sin(torch.pi * x[:, 0]) + torch.sin(12 * torch.pi * x[:, 0]) / 10
    error = (system.fields(theta, x)["u"] - want).norm() / want.norm()
    assert least < float(error) < most


def test_bandwidths_of_the_other_networks_are_shared_out() -> None:
    """Features of two deviations side by side, for networks that mix them in the first layer."""
    for kind in ("fourier", "modified_mlp", "residual_mlp"):
        options = {"kind": kind, "features": 3001, "bandwidth_features": [1.0, 30.0], "width": 2}
        model: Any = model_options(options).build(AXES[:1], 1)
        waves = np.asarray(model.embedding.vectors)[:, 0] * 3 / 2
        assert len(waves) == 3001
        assert waves[:1501].std() == pytest.approx(1.0, rel=0.06)
        assert waves[1501:].std() == pytest.approx(30.0, rel=0.06)


@pytest.mark.parametrize("kind", ["modified_mlp", "residual_mlp"])
def test_gates_that_see_features(kind: str) -> None:
    """The network on features is the network on inputs, of the features."""
    small = {"kind": kind, "width": 4, "depth": 2}
    model: Any = model_options(small | {"features": 3}).build(AXES, 1)
    theta = model.initial(torch.Generator().manual_seed(4)) + 0.1
    x = points()
    waves = torch.as_tensor(model.embedding.vectors)
    phases = (x - torch.tensor([0.5, 1.5, 0.5], dtype=F)) @ waves.T
    features = torch.stack((torch.cos(phases), torch.sin(phases)), dim=-1).flatten(1)
    inner = model_options(small).build((Axis(-1.0, 1.0),) * 6, 1)
    value = jet_table(3, frozenset()), jet_table(6, frozenset())
    got = model.jet(Reader(theta), x, value[0])
    assert torch.allclose(got, inner.jet(Reader(theta), features, value[1]), rtol=1e-13)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "multiscale_fourier", "bandwidths": []}, "a list of at least 1 values"),
        ({"kind": "multiscale_fourier", "bandwidths": [0.0]}, "a number above 0"),
        ({"kind": "multiscale_fourier", "features": 0}, "features must be a number of at least 1"),
        ({"kind": "fourier", "bandwidth_features": [1.0, 2.0]}, "write features = 64"),
        ({"kind": "fourier", "bandwidth_features": []}, "a list of at least 1 values"),
        (
            {"kind": "modified_mlp", "features": 1, "bandwidth_features": [1.0, 2.0]},
            "features = 32",
        ),
        ({"kind": "residual_mlp", "features": 8, "harmonics": 2}, "leave harmonics out"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_options(given)


def test_one_input_has_nothing_apart() -> None:
    with pytest.raises(MisfitError, match="leave last_bandwidths out"):
        network(axes=AXES[:1], last_bandwidths=[1.0])
