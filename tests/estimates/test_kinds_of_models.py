"""The error of every kind of model and problem is estimated, or it is said why not."""

from __future__ import annotations

import pytest
import torch

import pdedsl
from tests.estimates.test_error_estimate import HEAT, POISSON, effectivity

LM = {"kind": "lm", "iterations": 12}
POINTS = {"points": {"eq": 150, "bc": 60, "ic": 40}}
MODELS: dict[str, dict[str, object]] = {
    "conditions that hold exactly": {"model": {"kind": "mlp", "width": 8, "hard": True}},
    "modified": {"model": {"kind": "modified_mlp", "width": 6, "depth": 2}},
    "fourier": {"model": {"kind": "fourier", "modes": 4}},
    "waves of random directions": {
        "model": {"kind": "basis", "family": "random_tanh", "features": 60},
        "optimizer": {"kind": "lstsq"},
    },
    "sines and cosines of a longer period": {
        "model": {"kind": "basis", "family": "fourier", "modes": 4, "extension": 2.0},
        "optimizer": {"kind": "lstsq"},
    },
    "splines": {
        "model": {"kind": "basis", "modes": [3, 3], "breaks": [[0.5], [0.3]]},
        "optimizer": {"kind": "lstsq"},
    },
    "parts": {
        "model": {"kind": "basis", "modes": 4},
        "optimizer": {"kind": "lstsq"},
        "domain": {"split": {"x": 2}},
    },
    "single precision": {
        "model": {"kind": "mlp", "width": 8},
        "precision": {"dtype": "float32"},
    },
    "weak form": {
        "model": {"kind": "basis", "modes": 4},
        "optimizer": {"kind": "lstsq"},
        "form": {"kind": "weak"},
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("text", [POISSON, HEAT], ids=["elliptic", "parabolic"])
def test_every_model(kind: str, text: str) -> None:
    problem = pdedsl.parse(text)
    kinds = {law.kind for law in problem.laws}
    points = {k: n for k, n in POINTS["points"].items() if k in kinds}
    method = {"optimizer": LM, "sampling": {"points": points}, **MODELS[kind]}
    if kind in ("splines", "parts", "sines and cosines of a longer period", "weak form"):
        method["sampling"] = {"kind": "gauss"}
    solution = pdedsl.solve(problem, method=pdedsl.Method.model_validate(method))
    assert effectivity(solution) == pytest.approx(1, abs=0.15)


def test_a_module_of_torch() -> None:
    layers = torch.nn.Linear(2, 10), torch.nn.Tanh(), torch.nn.Linear(10, 1)
    torch.manual_seed(0)
    problem = pdedsl.parse(POISSON)
    system = pdedsl.compile(problem, model=torch.nn.Sequential(*layers).double())
    from pdedsl.estimates.correction import State
    from pdedsl.estimates.error_equation import correct_solution

    found = correct_solution(State(system, system.theta0))
    assert found.left < 0.1


INVERSE = """
domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
unknown c guess 0.5
eq: u_t = c*u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
eq known: u(0.5, 1) = exp(-0.3*pi^2)
exact u = sin(pi*x)*exp(-0.3*pi^2*t), c = 0.3
"""


def test_unknown_numbers_move_with_the_solution() -> None:
    method = {"model": {"kind": "basis", "modes": 6}, "optimizer": {"kind": "lstsq"}}
    solution = pdedsl.solve(pdedsl.parse(INVERSE), method=pdedsl.Method.model_validate(method))
    assert effectivity(solution) == pytest.approx(1, abs=0.1)
    corrected = solution.correction
    assert corrected is not None
    better = corrected.system.numbers(corrected.theta)["c"]
    assert abs(better - 0.3) < 0.1 * abs(solution.numbers["c"] - 0.3)
