"""Methods made for boxes train on shapes, or say what works."""

from __future__ import annotations

import pytest

import pdedsl

HOLED = """region H = disk(center = (0.3, 0), radius = 0.3)
domain Omega: (x, y) in disk(center = (0, 0), radius = 1) minus H
unknown u(x, y)
eq: lap(u) = 0
bc: u = x*y  on boundary
exact u = x*y
"""


@pytest.mark.parametrize(
    ("sampling", "optimizer"), [({"resample": 2, "adaptive": {"kind": "rar_d", "added": 10}}, "lm")]
)
def test_networks_train_on_shapes(sampling: dict, optimizer: str) -> None:
    method = pdedsl.Method.model_validate({
        "model": {"kind": "mlp", "width": 8, "depth": 1},
        "optimizer": {"kind": optimizer, "iterations": 5},
        "sampling": {"points": {"eq": 60, "bc": 30}, **sampling},
    })  # fmt: skip
    first = pdedsl.solve(pdedsl.parse(HOLED), method, seed=3)
    again = pdedsl.solve(pdedsl.parse(HOLED), method, seed=3)
    assert first.outcome.loss == again.outcome.loss
    assert first.outcome.loss < first.outcome.history[0].loss


@pytest.mark.parametrize(
    ("preset", "mend"),
    [("vpinn", "form.kind = strong"), ("cpinn", "overlap"), ("preconditioned_fourier", "none")],
)
def test_what_needs_a_box_says_so(preset: str, mend: str) -> None:
    with pytest.raises(pdedsl.UserError, match="box") as caught:
        pdedsl.solve(pdedsl.parse(HOLED), preset, budget=5)
    assert mend in str(caught.value)
