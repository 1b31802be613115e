"""The same numbers on a GPU, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pdedsl import api
from pdedsl.compiler import build, unsupported
from tests.conftest import SPECS

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
MODEL = {"kind": "mlp", "width": 12, "depth": 2}
POINTS = {"eq": 60, "bc": 40, "ic": 30}


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_residual_and_jacobian_agree_with_the_cpu(path: Path) -> None:
    problem = api.load(path)
    if list(unsupported(problem)):
        pytest.skip("not a problem that this version solves")
    host = build(problem, MODEL, POINTS, seed=3)
    guest = build(problem, MODEL, POINTS, seed=3, device="cuda")
    assert guest.theta0.device.type == "cuda"
    residual, jacobian = host.residual_and_jacobian(host.theta0)
    there, jacobian_there = guest.residual_and_jacobian(guest.theta0)
    scale = float(residual.abs().max())
    torch.testing.assert_close(there.cpu(), residual, rtol=1e-9, atol=1e-11 * scale)
    scale = float(jacobian.abs().max())
    torch.testing.assert_close(jacobian_there.cpu(), jacobian, rtol=1e-9, atol=1e-11 * scale)


def test_training_on_the_gpu_reaches_the_solution() -> None:
    problem = api.load(next(p for p in SPECS if p.stem == "poisson_2d"))
    solution = api.solve(problem, method="lm", budget=30, device="cuda")
    assert solution.errors is not None
    assert solution.errors["u"]["rel_l2"] < 1e-6
