"""Every spec of the gallery compiles and differentiates."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pdedsl.compiler import build, unsupported
from pdedsl.sema import problem_of
from pdedsl.syntax import load_source
from tests.conftest import SPECS


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_the_gallery(path: Path) -> None:
    problem = problem_of(load_source(path), path.parent)
    points = {"eq": 20, "bc": 12, "ic": 12, "fit": 12}
    assert unsupported(problem) == []
    system = build(problem, {"width": 6, "depth": 2}, points=points)
    assert [b.label for b in system.blocks] == [law.label for law in problem.laws]
    theta = system.theta0
    residual, jacobian = system.residual_and_jacobian(theta)
    assert torch.isfinite(jacobian).all()
    torch.testing.assert_close(residual, system.residual(theta), rtol=1e-12, atol=1e-13)
    v = torch.randn(len(theta), dtype=theta.dtype, generator=torch.Generator().manual_seed(0))
    scale = (jacobian @ v).abs().max().item()
    torch.testing.assert_close(system.jvp(theta, v), jacobian @ v, rtol=1e-10, atol=1e-12 * scale)
    w = v.roll(1)
    one, two = system.hvp(theta, v) @ w, system.hvp(theta, w) @ v
    torch.testing.assert_close(one, two, rtol=1e-8, atol=1e-10 * scale**2)
