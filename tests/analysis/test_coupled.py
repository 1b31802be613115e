"""The matrix of all parts of a split domain, as the analysis of a training shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pdedsl
from pdedsl.analysis.network.coupled import Coupled, coupled
from pdedsl.analysis.network.page import page
from pdedsl.settings.method import Method
from pdedsl.solution.building import build_system

POISSON = """problem "p"
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
eq: -lap(u) = sin(3*x + y)
bc: u = 0  on boundary
"""
LINE = """problem "p"
domain O: x in [0, 1]
unknown u(x)
eq: -u_xx = sin(3*x)
bc: u = 0  on boundary
"""


def measured(**domain: Any) -> tuple[Coupled, np.ndarray]:
    method = Method.model_validate({
        "model": {"kind": "basis", "family": "legendre", "modes": 6},
        "sampling": {"kind": "gauss", "points": {"eq": 100, "bc": 40}},
        "domain": {"split": {"x": 2, "y": 2}, **domain},
    })  # fmt: skip
    system = build_system(pdedsl.parse(POISSON), method, 0)
    return coupled(system, system.theta0), system.jacobian(system.theta0).numpy()


def test_joined_by_flux_all_directions_are_seen() -> None:
    found, matrix = measured()
    assert (found.null, found.columns) == (0, matrix.shape[1])
    condition = np.linalg.cond(matrix / np.linalg.norm(matrix, axis=0))
    assert found.kappa == pytest.approx(condition, rel=1e-8)
    assert f"κ = {condition:.2g}, of full rank" in found.words


def test_joined_by_values_and_residuals_some_are_free() -> None:
    found, matrix = measured(coupling="residual", flux_row=False)
    scaled = matrix / np.linalg.norm(matrix, axis=0)
    assert found.null == matrix.shape[1] - np.linalg.matrix_rank(scaled) > 0
    assert found.kappa == float("inf")
    assert "too few" in found.words


@pytest.mark.parametrize(
    ("domain", "size"), [({"split": 3}, 39), ({"split": 3, "coupling": "overlap"}, 39)]
)
def test_the_report_of_a_training_in_parts(domain: dict[str, Any], size: int) -> None:
    method = Method.model_validate({
        "model": {"width": 4, "depth": 1},
        "sampling": {"points": {"eq": 20}},
        "domain": domain,
    })  # fmt: skip
    report = pdedsl.analyze_network(pdedsl.parse(LINE), method, iterations=1)
    assert report.system.parameters == report.coupled.columns == size
    assert report.as_data()["coupled"]["null"] == report.coupled.null
    assert "Matrix of all parts, J with columns of unit length" in page(report)


def test_the_report_of_windows_names_them() -> None:
    model = {"kind": "fbpinn", "counts": [2], "piece": {"width": 4, "depth": 1}}
    method = Method.model_validate({"model": model, "sampling": {"points": {"eq": 20}}})
    text = page(pdedsl.analyze_network(pdedsl.parse(LINE), method, iterations=1))
    assert "2 windows, in each a network 1 x 4 tanh" in text
    assert "Matrix of all parts" not in text
