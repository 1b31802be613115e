"""The examples run, and reach what they show."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from .conftest import ROOT


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


PAGE = ROOT / "examples" / "operator_preconditioning.md"


def test_operator_preconditioning_linear_models(golden) -> None:
    """The tables that take a few seconds; under ``--promote`` they are written anew."""
    made = example("operator_preconditioning")
    tables = {
        "poisson": made.poisson(made.poisson_reports()),
        "gammas": made.gammas(),
        "advection": made.advection(made.speeds()),
        "remedies": made.remedies(),
    }
    page = PAGE.read_text(encoding="utf-8")
    assert len(made.MARKED.findall(page)) == 7
    assert "outside" not in tables["poisson"]
    golden(PAGE, made.filled(page, tables))


def test_operator_preconditioning_time_windows() -> None:
    """κ is a function of β/N, and of (β/N)² where that is large."""
    found = example("operator_preconditioning").speeds()
    one, ten = found[1], found[10]
    assert [ten[3], ten[5], ten[6]] == pytest.approx([one[0], one[2], one[3]], rel=1e-6)
    assert one[6] / one[5] == pytest.approx(4, rel=0.02)


def test_operator_preconditioning_networks() -> None:
    """As many eigenvalues as waves are of one size, followed by a gap; not so without."""
    made = example("operator_preconditioning")
    found = {name: made.Network(model) for name, model in made.NETWORKS.items()}
    n = 2 * made.MODES + 1
    plain, better = found["Fourier features"], found["preconditioned"]
    assert better.values[0] / better.values[n - 1] < 30
    assert better.values[n - 1] / better.values[n] > 5
    assert better.on_waves < 30
    assert plain.values[n - 1] / plain.values[n] < 1.2
    assert plain.on_waves > 100 * better.on_waves
    assert found["MLP"].on_waves > 1e12
    assert len(better.values) > 3 * n  # the tail, which does not go away
    errors = better.descend()
    assert errors[100] < 0.02 * errors[0]


def test_operator_preconditioning_pictures() -> None:
    """The page shows three pictures, which lie beside it and are small."""
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert len(shown) == 3
    for name in shown:
        picture = (PAGE.parent / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 200_000
