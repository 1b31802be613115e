"""Presets and optimizers on the rows of a weak form."""

from __future__ import annotations

import pytest

import pdedsl
from tests.conftest import ROOT

COUPLED = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y), w(x, y)
let us = sin(2*x + y)
let ws = exp(x*y)
eq a: -lap(u) + 3*w = -lap(us) + 3*ws
eq b: -div((1 + x)*grad(w)) - u = -div((1 + x)*grad(ws)) - us
bc: u = us, w = ws  on boundary
exact u = us, w = ws
"""


def spec(name: str) -> pdedsl.Problem:
    return pdedsl.load(ROOT / "specs" / f"{name}.pde")


@pytest.mark.parametrize("preset", ["vpinn", "hp_vpinn"])
@pytest.mark.parametrize("name", ["helmholtz", "burgers", "heat", "klein_gordon", "kovasznay"])
def test_presets_lower_the_loss(preset: str, name: str) -> None:
    solution = pdedsl.solve(spec(name), method=preset, settings=[("optimizer.iterations", "30")])
    losses = [entry.loss for entry in solution.outcome.history]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    "kind", ["lm", "spring", "anagram", "engd", "sketched_lm", "soap", "ssbroyden", "lbfgs"]
)
def test_every_optimizer_takes_weak_rows(kind: str) -> None:
    problem = pdedsl.parse(COUPLED)
    model = {"kind": "mlp", "width": 8, "depth": 1, "activation": "sin"}
    form = {"kind": "weak", "elements": 2, "per_element": 3}
    optimizer = {"kind": kind, "iterations": 15}
    solution = pdedsl.solve(problem, pdedsl.Method(model=model, optimizer=optimizer, form=form))
    losses = [entry.loss for entry in solution.outcome.history]
    assert losses[-1] < 0.95 * losses[0]
