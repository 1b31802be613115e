"""The examples run, and reach what they show."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.conftest import ROOT


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_solve_helmholtz(tmp_path) -> None:
    assert example("solve_helmholtz").main(budget=60.0, folder=str(tmp_path)) < 1e-3
    assert (tmp_path / "solution_u.png").stat().st_size > 10_000


def test_gauss_newton_by_hand() -> None:
    assert example("gauss_newton_by_hand").main(steps=40) < 1e-2


def test_identify_diffusivity() -> None:
    assert abs(example("identify_diffusivity").main(budget=600.0) - 0.1) < 0.002
