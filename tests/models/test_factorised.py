"""Factorised matrices, slopes of activations and the start of sines, against formulas by hand."""

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
from pdedsl.models import Axis, Reader, Tape, jet_table, model_options
from pdedsl.models.jets.multiindices import factorial_of
from pdedsl.models.networks.layered import Layered

F = torch.float64
AXES = (Axis(-1.0, 2.0), Axis(0.0, 2.0))
INDICES = [a for a in product(range(5), repeat=2) if sum(a) <= 4]
OMEGA = 1.7
KINDS: dict[str, dict[str, Any]] = {
    "mlp": {"width": 5, "depth": 2},
    "modified_mlp": {"width": 5, "depth": 2},
    "residual_mlp": {"width": 4, "depth": 1, "alpha": 0.3},
    "fourier": {"width": 5, "depth": 1, "features": 3},
}
RATES = {"adam": {"rate": 1e-2}, "soap": {"rate": 1e-2}}
HEAT = """
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t - u_xx = 0
bc: u = 0  on boundary
ic: u = sin(pi*x)  at t = 0
"""


def network(kind: str, outputs: int = 2, **more: object) -> tuple[Layered, Tensor]:
    options = KINDS[kind] | {"rwf": {"mean": 0.5, "deviation": 0.3}, "omega": OMEGA} | more
    model = model_options({"kind": kind} | options).build(AXES, outputs)
    assert isinstance(model, Layered)
    generator = torch.Generator().manual_seed(5)
    theta = model.initial(generator)
    return model, theta + 0.2 * torch.randn(len(theta), dtype=F, generator=generator)


def plain(model: Layered, theta: Tensor, x: Tensor) -> Tensor:
    """The formulas with W = diag(e^s) V and σ(ω (W z + b)), written down once more."""
    place = 0

    def affine(inputs: int, out: int) -> Any:
        nonlocal place
        v, b, s = theta[place:].split(
            [inputs * out, out, out, len(theta) - place - out * (inputs + 2)]
        )[:3]
        place += out * (inputs + 2)
        weight = torch.diag(torch.exp(s)) @ v.view(out, inputs)
        return lambda z: z @ weight.T + b

    kind, width, depth = model.options.kind, model.options.width, model.options.depth
    scaled = torch.stack([(2 * x[:, 0] - 1) / 3, x[:, 1] - 1], dim=1)
    sigma = lambda layer, z: torch.tanh(OMEGA * layer(z))  # noqa: E731
    if kind == "fourier":
        waves = torch.as_tensor(model.embedding.vectors)  # type: ignore[attr-defined]
        phases = (x - torch.tensor([0.5, 1.0], dtype=F)) @ waves.T
        scaled = torch.stack((torch.cos(phases), torch.sin(phases)), dim=-1).flatten(1)
    m = scaled.shape[1]
    if kind in ("mlp", "fourier"):
        state = sigma(affine(m, width), scaled)
        for _ in range(depth - 1):
            state = sigma(affine(width, width), state)
    else:
        u, v, state = (sigma(affine(m, width), scaled) for _ in range(3))
    if kind == "modified_mlp":
        for _ in range(depth - 1):
            z = sigma(affine(width, width), state)
            state = (1 - z) * u + z * v
    if kind == "residual_mlp":
        f = sigma(affine(width, width), state)
        g = sigma(affine(width, width), f * u + (1 - f) * v)
        h = sigma(affine(width, width), g * u + (1 - g) * v)
        alpha = theta[-1]
        state = alpha * h + (1 - alpha) * state
    return affine(width, model.outputs)(state)


def points() -> Tensor:
    return torch.rand(4, 2, dtype=F, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", KINDS)
def test_derivatives_up_to_fourth_order(kind: str) -> None:
    model, theta = network(kind)
    x = points().requires_grad_()
    jet = model.jet(Reader(theta), x.detach(), jet_table(2, frozenset(INDICES)))
    table = jet_table(2, frozenset(INDICES))
    for index, output in product(INDICES, (0, 1)):
        value = plain(model, theta, x)[:, output]
        for axis, order in enumerate(index):
            for _ in range(order):
                value = torch.autograd.grad(value.sum(), x, create_graph=True)[0][:, axis]
        got = jet[table.channel(index)][:, output] * factorial_of(index)
        assert torch.allclose(got, value, rtol=1e-10, atol=1e-10 * value.abs().max().item())


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_the_jacobian(kind: str) -> None:
    """Rows by the layers for every channel, s, V and b among their columns."""
    model, theta = network(kind, outputs=1)
    table = jet_table(2, frozenset({(0, 0), (1, 1), (0, 3)}))
    tape = Tape(theta)
    rows = list(model.jet(tape, points(), table)[..., 0])
    assembly = Assembly(4 * len(rows), model.size, theta)
    for factor in factors([tape], rows, [4 * k for k in range(len(rows))]):
        assembly.add(factor)
    want = torch.func.jacrev(lambda p: model.jet(Reader(p), points(), table)[..., 0])(theta)
    assert torch.allclose(assembly.done(), want.flatten(0, 1), rtol=1e-10, atol=1e-12)
    values = torch.func.jacrev(lambda p: plain(model, p, points())[:, 0])(theta)
    assert torch.allclose(assembly.done()[:4], values, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision(kind: str) -> None:
    model, theta = network(kind)
    table = jet_table(2, frozenset({(2, 0), (1, 1)}))
    got = model.jet(Reader(theta.float()), points().float(), table)
    want = model.jet(Reader(theta), points(), table)
    assert got.dtype == torch.float32
    assert torch.allclose(got.double(), want, rtol=1e-4, atol=1e-4 * want.abs().max().item())


def test_the_start_is_that_of_the_plain_network() -> None:
    """diag(e^s) V has the distribution of W; s has its own."""
    options = {"kind": "mlp", "width": 300, "depth": 2}
    rwf = {"mean": 0.5, "deviation": 0.2}
    model = model_options(options | {"rwf": rwf}).build(AXES, 1)
    theta = model.initial(torch.Generator().manual_seed(1))
    same = model_options(options).build(AXES, 1).initial(torch.Generator().manual_seed(1))
    first, second, _ = model.layers
    weight = torch.exp(theta[900:1200])[:, None] * theta[:600].view(300, 2)
    assert torch.allclose(weight.flatten(), same[:600], rtol=1e-14)
    s = theta[second.bias + 300 : second.stop]
    assert float(s.mean()) == pytest.approx(0.5, abs=0.03)
    assert float(s.std()) == pytest.approx(0.2, rel=0.1)
    v = theta[second.weight : second.bias].view(300, 300)
    assert float((torch.exp(s)[:, None] * v).std()) == pytest.approx((2 / 600) ** 0.5, rel=0.02)
    assert (first.stop, second.weight) == (1200, 1200)


def test_products_of_a_system_follow() -> None:
    """Replays, forward and reverse products and the Hessian, for factorised gates."""
    model = KINDS["residual_mlp"] | {"kind": "residual_mlp", "rwf": True}
    system = build(pdedsl.parse(HEAT), model, {"eq": 40, "bc": 12, "ic": 12})
    theta = system.theta0 + 0.1
    generator = torch.Generator().manual_seed(3)
    v = torch.randn(len(theta), dtype=F, generator=generator)
    w = torch.randn(system.rows, dtype=F, generator=generator)
    for _ in range(3):  # the second time it is recorded, the third time replayed
        r, jacobian = system.residual_and_jacobian(theta)
        loss, slope = system.loss_and_grad(theta)
    assert system.jacobian_workers.replays and system.gradient_workers.replays
    assert torch.allclose(jacobian @ v, system.jvp(theta, v), rtol=1e-10, atol=1e-11)
    assert torch.allclose(jacobian.T @ w, system.vjp(theta, w), rtol=1e-10, atol=1e-11)
    assert torch.allclose(slope, 2 * jacobian.T @ r, rtol=1e-10, atol=1e-12)
    assert float(loss) == pytest.approx(float(r @ r), rel=1e-13)
    h = 1e-5
    change = system.loss_and_grad(theta + h * v)[1] - system.loss_and_grad(theta - h * v)[1]
    want = change / (2 * h)
    assert float((system.hvp(theta, v) - want).norm()) < 1e-6 * float(want.norm())


def test_the_outputs_are_affine_in_the_last_layer() -> None:
    """r moves along straight lines in W and b of the last layer, but not in its factors."""
    model = {"kind": "mlp", "width": 6, "depth": 1, "rwf": True}
    system = build(pdedsl.parse(HEAT), model, {"eq": 20, "bc": 8, "ic": 8})
    places = system.affine_parameters
    assert places is not None and len(places) == 7
    theta, step = system.theta0, torch.zeros_like(system.theta0)
    step[places] = torch.arange(1.0, 8.0, dtype=F)
    at = [system.residual(theta + k * step) for k in (0, 1, 2)]
    assert torch.allclose(at[2] - at[1], at[1] - at[0], atol=1e-11)
    assert system.parts["output"].stop == int(places[-1]) + 2


@pytest.mark.parametrize("kind", ["lm", "kfac", "soap", "lbfgs", "spring", "adam"])
def test_optimizers_lower_the_loss(kind: str) -> None:
    model = {"kind": "mlp", "width": 8, "depth": 2, "rwf": True}
    method = pdedsl.Method.model_validate({
        "model": model, "optimizer": {"kind": kind, "iterations": 100, **RATES.get(kind, {})},
    })  # fmt: skip
    system = build(pdedsl.parse(HEAT), model, {"eq": 60, "bc": 20, "ic": 20})
    outcome = pdedsl.train(system, method)
    assert outcome.loss < 0.2 * float(system.loss(system.theta0))


def test_sines_start_with_the_distribution_of_their_paper() -> None:
    """W bounded by 1/n in the first layer and √(6/n)/ω after it; arguments about N(0, 1) there."""
    options = {"width": 400, "depth": 3, "activation": "sin", "init": "siren", "omega": 30.0}
    model = model_options({"kind": "mlp"} | options).build(AXES, 1)
    theta = model.initial(torch.Generator().manual_seed(0)).numpy()
    bounds = [1 / 2, np.sqrt(6 / 400) / 30, np.sqrt(6 / 400) / 30, np.sqrt(6 / 400) / 30]
    z = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    for layer, bound in zip(model.layers, bounds, strict=True):
        weight = theta[layer.weight : layer.bias].reshape(layer.out, layer.width)
        bias = theta[layer.bias : layer.stop]
        assert 0.95 * bound < np.abs(weight).max() <= bound
        assert weight.std() == pytest.approx(bound / np.sqrt(3), rel=0.08)
        assert np.abs(bias).max() <= 1 / np.sqrt(layer.width)
        argument = 30 * z @ weight.T
        if not layer.first and layer.out > 1:
            assert argument.std() == pytest.approx(1.0, rel=0.1)
        z = np.sin(argument + 30 * bias)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"init": "siren"}, "siren is a start for layers of sines"),
        ({"omega": 0.0}, "omega must be a number above 0"),
        ({"rwf": {"mu": 1.0}}, "there is no key mu"),
        ({"rwf": {"deviation": -1.0}}, "deviation must be a number of at least 0"),
        ({"rwf": 3}, "rwf"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_options({"kind": "mlp"} | given)
