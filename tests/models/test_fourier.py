"""Networks of Fourier features against nested differentiation."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor

from pdedsl.models import Axis, FourierOptions, Reader, jet_table, model_options
from pdedsl.models.jets.multiindices import factorial_of
from pdedsl.models.networks.fourier import ScaledFourierOptions, feature_vectors

F = torch.float64
AXES = (Axis(-1.0, 2.0), Axis(0.0, 2.0, 2.0))


def network(axes=AXES, outputs: int = 1, **options: object):
    options = {"width": 7, "depth": 2} | options
    made = (
        ScaledFourierOptions.model_validate(options)
        if "feature_scales" in options
        else model_options({"kind": "fourier"} | options)
    )
    model = made.build(axes, outputs)
    return model, model.initial(torch.Generator().manual_seed(1))


def plain(model, theta: Tensor, points: Tensor, scales) -> Tensor:
    """The network written out: features in a row, cosine and sine of each wave vector."""
    centre = torch.tensor([(a.lower + a.upper) / 2 for a in model.embedding.axes], dtype=F)
    phases = (points - centre) @ torch.tensor(model.embedding.vectors).T
    both = torch.stack((torch.cos(phases), torch.sin(phases)), dim=-1)
    h = (torch.tensor(scales, dtype=F)[:, None] * both).flatten(1)
    for number, layer in enumerate(model.layers):
        weight = theta[layer.weight : layer.bias].view(layer.out, layer.width)
        h = h @ weight.T + theta[layer.bias : layer.bias + layer.out]
        if number + 1 < len(model.layers):
            h = torch.tanh(h)
    return h


@pytest.mark.parametrize("options", [{"modes": 2}, {"features": 5}, {"modes": 1, "index": "box"}])
def test_jets_agree_with_nested_differentiation(options: dict[str, object]) -> None:
    count = len(feature_vectors(FourierOptions(**options), AXES))
    scales = tuple(1.0 / (j + 1) for j in range(count))
    model, theta = network(outputs=2, feature_scales=scales, **options)
    generator = torch.Generator().manual_seed(0)
    points = torch.rand(4, 2, dtype=F, generator=generator).requires_grad_()
    indices = [a for a in product(range(4), repeat=2) if sum(a) <= 3]
    table = jet_table(2, frozenset(indices))
    jet = model.jet(Reader(theta), points.detach(), table)
    for index, output in product(indices, (0, 1)):
        value = plain(model, theta, points, scales)[:, output]
        for axis, order in enumerate(index):
            for _ in range(order):
                value = torch.autograd.grad(value.sum(), points, create_graph=True)[0][:, axis]
        got = jet[table.channel(index)][:, output] * factorial_of(index)
        assert torch.allclose(got, value, rtol=1e-11, atol=1e-11 * value.abs().max().item())


def test_wave_vectors_of_the_lattice() -> None:
    # Period 2 · 3 in the first axis, 2 in the second.
    vectors = feature_vectors(FourierOptions(modes=1), AXES)
    want = [[math.pi / 3, 0.0], [0.0, math.pi]]
    assert vectors == pytest.approx(np.array(want), rel=1e-15)
    box = feature_vectors(FourierOptions(modes=2, index="box"), AXES)
    assert len(box) == (5**2 - 1) // 2


def test_random_wave_vectors() -> None:
    options = FourierOptions(features=3000, bandwidth_features=4.0)
    vectors = feature_vectors(options, AXES)
    assert (vectors[:, 0] * 3 / 2).std() == pytest.approx(4.0, rel=0.05)
    turns = vectors[:, 1] * 2 / (2 * math.pi)
    assert np.allclose(turns, np.round(turns))
    other = FourierOptions(features=3000, bandwidth_features=4.0, seed=1)
    assert np.array_equal(vectors, feature_vectors(options, AXES))
    assert not np.allclose(vectors, feature_vectors(other, AXES))


def test_the_network_is_periodic_where_the_axis_is() -> None:
    model, theta = network(modes=3)
    points = torch.rand(5, 2, dtype=F, generator=torch.Generator().manual_seed(2))
    table = jet_table(2, frozenset({(2, 1)}))
    one = model.jet(Reader(theta), points, table)
    moved = [points + torch.tensor(by, dtype=F) for by in ((0.0, 2.0), (3.0, 0.0), (6.0, 0.0))]
    around, length, double = (model.jet(Reader(theta), p, table) for p in moved)
    assert torch.allclose(one, around, rtol=1e-10, atol=1e-10)
    assert torch.allclose(one, double, rtol=1e-10, atol=1e-10)
    assert not torch.allclose(one, length, atol=1e-2)


def test_sizes_and_parts() -> None:
    model, theta = network(modes=2, width=5, depth=1)
    features = model.embedding.features
    assert features == 2 * ((2 * 2**2 + 2 * 2 + 1) - 1) // 2
    assert len(theta) == model.size == 5 * (features + 1) + 6
    assert list(model.parts) == ["layer 1", "output"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"modes": 0}, "fourier: modes must be a number of at least 1"),
        ({"index": "ball"}, "index"),
        ({"features": 0}, "features"),
        ({"bandwidth_features": 0.0}, "bandwidth_features"),
        ({"extension": 0.5}, "extension must be a number of at least 1"),
        ({"seed": -2}, "seed"),
        ({"width": 0}, "fourier: width"),
        ({"harmonics": 2}, "there is no key harmonics"),
        ({"feature_scales": (1.0,)}, "12 wave vectors"),
        ({"modes": 200, "index": "box"}, "160801 functions"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        network(**given)
