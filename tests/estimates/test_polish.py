"""A polished solution is better, and a solution as any other."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from tests.estimates.test_error_estimate import BRATU, HEAT, POISSON, effectivity

NETWORK = {
    "model": {"kind": "mlp", "width": 8, "depth": 2},
    "optimizer": {"kind": "lm", "iterations": 15},
    "sampling": {"points": {"eq": 100, "bc": 40}},
}
BASIS = {"model": {"kind": "basis", "modes": 5}, "optimizer": {"kind": "lstsq"}}


def solve(text: str, method: dict[str, object], polish: bool) -> pdedsl.Solution:
    made = pdedsl.Method.model_validate(method)
    return pdedsl.solve(pdedsl.parse(text), method=made, polish=polish)


@pytest.mark.parametrize(
    ("text", "method"),
    [(POISSON, BASIS), (BRATU, BASIS), (HEAT, BASIS), (POISSON, NETWORK)],
    ids=["elliptic", "nonlinear", "parabolic", "network"],
)
def test_polish_makes_better(text: str, method: dict[str, object]) -> None:
    plain, polished = (solve(text, method, polish) for polish in (False, True))
    before, after = (s.errors["u"]["rel_l2"] for s in (plain, polished))
    assert after < before / 8
    assert "polished" in polished.outcome.reason


def test_the_error_of_a_polished_solution_is_estimated() -> None:
    assert effectivity(solve(POISSON, BASIS, True)) == pytest.approx(1, abs=0.2)


def test_rounding_is_not_polished() -> None:
    method = BASIS | {"model": {"kind": "basis", "modes": 20}}
    assert "polished" not in solve(BRATU, method, True).outcome.reason


@pytest.mark.parametrize("polish", [False, True])
def test_it_is_saved_and_loaded(tmp_path: object, polish: bool) -> None:
    solution = solve(HEAT, BASIS, polish)
    again = pdedsl.Solution.load(solution.save(f"{tmp_path}/run"))
    x = np.linspace(0, 1, 7)
    np.testing.assert_array_equal(again(x=x, t=0.3), solution(x=x, t=0.3))
    np.testing.assert_array_equal(
        again.derivative("u_xx")(x=x, t=0.3), solution.derivative("u_xx")(x=x, t=0.3)
    )
    points = np.stack([x, x / 2], axis=1)
    if not polish:
        np.testing.assert_array_equal(
            again.estimated_errors(points)["u"], solution.estimated_errors(points)["u"]
        )


def test_the_estimated_error_is_the_error_at_every_point() -> None:
    solution = solve(POISSON, BASIS, False)
    points = np.random.default_rng(0).random((50, 2))
    exact = np.sin(3 * points[:, 0]) * np.exp(points[:, 1])
    error = exact - solution.at(points)["u"]
    found = solution.estimated_errors(points)["u"]
    assert np.linalg.norm(found - error) < 0.02 * np.linalg.norm(error)


def test_it_is_drawn_where_nothing_is_known() -> None:
    method = pdedsl.Method.model_validate(BASIS)
    known = pdedsl.solve(pdedsl.parse(BRATU), method=method)
    unknown = pdedsl.solve(pdedsl.parse(BRATU.replace("exact u = sin(2*x)", "")), method=method)
    assert "estimated_error" not in known.plot()
    assert "estimated_error" in unknown.plot()
