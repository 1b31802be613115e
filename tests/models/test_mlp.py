from __future__ import annotations

import pytest
import torch

from pdedsl.models import Axis, model_options

AXES = (Axis(-1.0, 1.0), Axis(0.0, 2.0))


def fresh(seed: int, **options: object) -> torch.Tensor:
    model = model_options({"kind": "mlp"} | options).build(AXES, 1)
    return model.initial(torch.Generator().manual_seed(seed))


def test_sizes() -> None:
    model = model_options({"kind": "mlp", "width": 20, "depth": 3}).build(AXES, 1)
    assert model.size == 921
    assert model_options("mlp").build(AXES, 3).outputs == 3


def test_the_same_seed_gives_the_same_numbers() -> None:
    assert torch.equal(fresh(1), fresh(1))
    assert not torch.equal(fresh(1), fresh(2))


def test_initialisations_have_the_stated_deviations() -> None:
    glorot = fresh(0, width=200, depth=2)
    square = glorot[600:40600]
    assert square.std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert glorot[400:600].abs().max() == 0
    normal = fresh(0, width=200, depth=2, init="normal", scale=0.3)
    assert normal.std().item() == pytest.approx(0.3, rel=0.02)
    wide = fresh(0, width=4000, depth=1, bandwidth=5.0)
    assert wide[:12000].std().item() == pytest.approx(5.0, rel=0.02)
    assert wide[12000:-1].std().item() == pytest.approx((2 / 4001) ** 0.5, rel=0.05)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "mlpp"}, "'mlpp'"),
        ({"widht": 3}, "did you mean width"),
        ({"width": 0}, "width must be a number of at least 1"),
        ({"width": 2.5}, "2.5"),
        ({"activation": "relu"}, "tanh, sin"),
        ({"init": "zero"}, '"zero"'),
        ({"bandwidth": -1.0}, "bandwidth"),
        ({"scale": 0.0}, "scale"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_options(given)
