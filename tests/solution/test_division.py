"""A domain that is split by the options of a method; its solution looks like one of the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.settings.method import Method
from pdedsl.solution.building import build_system
from tests.conftest import ROOT
from tests.small import SHORT_HEAT

SQUARE = """problem "smooth, no polynomial"
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
let us = sin(3*x + y)*exp(x*y)
eq: lap(u) + 4*u = lap(us) + 4*us
bc: u = us  on boundary
exact u = us
"""
HEAT = SHORT_HEAT.replace("bc:", "bc cold:")
WAVE = """problem "wave"
domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_tt = u_xx
bc: u = 0  on boundary
ic: u = sin(pi*x), u_t = 0  at t = 0
exact u = cos(pi*t)*sin(pi*x)
"""
CUBE = """problem "cube"
domain O: (x, y, z) in [0, 1]^3
unknown u(x, y, z)
let us = sin(x + y)*exp(z)
eq: lap(u) = lap(us)
bc: u = us  on boundary
exact u = us
"""
OSCILLATOR = """problem "no space"
time t in [0, 4]
unknown u(t), v(t)
eq: u_t = v, v_t = -u
ic: u = 1, v = 0  at t = 0
exact u = cos(t), v = -sin(t)
"""


def basis(modes: int, split: Any, eq: int = 400, **domain: Any) -> Method:
    return Method.model_validate({
        "model": {"kind": "basis", "family": "legendre", "modes": modes, "index": "total"},
        "optimizer": {"kind": "lstsq"},
        "domain": {"split": split, **domain},
        "sampling": {"kind": "gauss", "points": {"eq": eq, "bc": 100, "ic": 40}},
        "weights": {"bc": 100, "ic": 100},
    })  # fmt: skip


def test_four_squares_of_degree_14_joined_by_flux_reach_1e_8() -> None:
    solution = pdedsl.solve(pdedsl.parse(SQUARE), basis(14, {"x": 2, "y": 2}))
    assert list(solution.errors) == ["u"]
    assert solution.errors["u"]["rel_l2"] < 1e-8


@pytest.mark.parametrize(
    ("text", "split", "modes", "bound"),
    [
        (HEAT, {"t": 2}, 10, 1e-6),
        (HEAT, {"t": [0.05]}, 10, 1e-6),
        (HEAT, {"x": 2, "t": 2}, 10, 1e-8),
        (WAVE, {"t": 2}, 12, 1e-7),
        (WAVE, {"x": 2, "t": 2}, 12, 1e-9),
        (CUBE, {"x": 2, "z": 2}, 7, 1e-6),
        (OSCILLATOR, {"t": 3}, 12, 1e-10),
        (SQUARE, 3, 12, 1e-7),
    ],
)
def test_boxes_of_any_dimension_and_time(text: str, split: Any, modes: int, bound: float) -> None:
    solution = pdedsl.solve(pdedsl.parse(text), basis(modes, split))
    assert max(e["rel_l2"] for e in solution.errors.values()) < bound


def singular_values(modes: int, **domain: Any) -> np.ndarray:
    """Of the coupled matrix of Poisson's equation with columns of unit length, over the largest."""
    text = SQUARE.replace(" + 4*us", "").replace(" + 4*u", "")
    method = Method.model_validate({
        "model": {"kind": "basis", "family": "legendre", "modes": modes, "index": "box"},
        "domain": {"split": {"x": 2, "y": 2}, **domain},
        "sampling": {"kind": "gauss", "points": {"eq": 2 * (modes + 1) ** 2, "bc": 100}},
        "weights": {"bc": 100},
    })  # fmt: skip
    system = build_system(pdedsl.parse(text), method, 0)
    matrix = system.jacobian(system.theta0)
    values = np.linalg.svd((matrix / matrix.norm(dim=0)).numpy(), compute_uv=False)
    return values / values[0]


@pytest.mark.parametrize(("modes", "count"), [(8, 4), (10, 7), (12, 11)])
def test_values_and_residuals_alone_leave_null_directions(modes: int, count: int) -> None:
    """A trace on the interfaces that both sides continue harmonically; more of them by degree."""
    pair = singular_values(modes, coupling="residual", flux_row=False)
    assert pair[-1] < 1e-15
    assert np.sum(pair < 1e-8) == count
    assert singular_values(modes, coupling="residual")[-1] > 5e-5
    assert singular_values(modes, coupling="flux")[-1] > 1e-3


def test_a_coefficient_that_jumps_and_varies_at_a_cut() -> None:
    """By hand: a u' = q - x on both sides, u = 0 at the ends."""
    text = (
        "domain O: x in [0, 1]\nunknown u(x)\nlet a = if(x < 0.4, 1 + x, 10)\n"
        "eq: -div(a*grad(u)) = 1\nbc: u = 0  on boundary\n"
    )
    method = pdedsl.Method(
        model={"kind": "basis", "modes": (16,)}, optimizer={"kind": "lstsq"},
        domain={"split": {"x": [0.4]}},
    )  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(text), method)
    q = (0.4 - np.log(1.4) + 0.042) / (np.log(1.4) + 0.06)
    x = np.linspace(0, 1, 101)
    left = (q + 1) * np.log1p(x) - x
    right = (q + 1) * np.log(1.4) - 0.4 + (q * (x - 0.4) - (x**2 - 0.16) / 2) / 10
    exact = np.where(x < 0.4, left, right)
    assert np.abs(solution(x=x) - exact).max() < 1e-12


def test_the_null_directions_are_told() -> None:
    pair = {"coupling": "residual", "flux_row": False}
    solution = pdedsl.solve(pdedsl.parse(HEAT), basis(6, {"x": 2}, **pair))
    (note,) = solution.summary()["notes"]
    assert "the coupled matrix is singular; write domain.flux_row = true" in note
    with_flux = pdedsl.solve(pdedsl.parse(HEAT), basis(10, {"x": 2}, coupling="residual"))
    assert "rows of the flux have been added" in with_flux.summary()["notes"][0]
    assert with_flux.errors["u"]["rel_l2"] < 1e-6 < solution.errors["u"]["rel_l2"]


def test_the_parts_look_like_one_solution() -> None:
    solution = pdedsl.solve(pdedsl.parse(HEAT), basis(10, {"x": 2, "t": 2}))
    x, t = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 0.2, 11), indexing="ij")
    exact = np.exp(-(np.pi**2) * t) * np.sin(np.pi * x)
    np.testing.assert_allclose(solution(x=x, t=t), exact, atol=1e-7)
    np.testing.assert_allclose(
        solution.derivative("u_xx")(x=x, t=t), -(np.pi**2) * exact, atol=1e-4
    )
    points = np.stack([x.ravel(), t.ravel()], axis=1)
    assert solution.residual("eq", points).shape == (1, 231)
    assert np.abs(solution.residual("eq", points)).max() < 1e-4
    assert set(solution.at(points)) == {"u"}
    assert {"eq.1", "eq.4", "cold_1", "Gamma1_u", "Gamma1_flux"} <= set(solution.outcome.laws)


def test_a_point_of_several_parts_has_the_values_of_the_first() -> None:
    system = build_system(pdedsl.parse(HEAT), basis(4, {"x": 2, "t": 2}), 0)
    division = system.problem.division
    x, t = system.problem.inputs
    found = division.numbers({x: np.array([0.5, 0.51, -9, 9]), t: np.array([0.1, 0.1, 0.2, 0.0])})
    assert found.tolist() == [0, 2, 1, 2]


def test_data_in_parts_identify_a_coefficient() -> None:
    """The number belongs to all parts; its data are exact but for noise of 0.01."""
    problem = pdedsl.load(ROOT / "specs" / "heat_inverse.pde")
    small = {"model.width": 6, "model.depth": 1, "sampling.points.eq": 150, "domain.split": 2}
    small |= {"optimizer.iterations": 15}
    solution = pdedsl.solve(problem, "cpinn", settings=small.items())
    assert solution.numbers["kappa"] == pytest.approx(0.1, rel=0.05)
    assert solution.errors["u"]["rel_l2"] < 0.02


def test_a_saved_run_is_read_back(tmp_path: Path) -> None:
    text = HEAT.replace("exact", "# exact")
    solution = pdedsl.solve(pdedsl.parse(text), basis(6, {"x": [0.3], "t": 2}))
    solution.save(tmp_path / "run")
    again = pdedsl.Solution.load(tmp_path / "run")
    at = {"x": np.linspace(0, 1, 9), "t": 0.07}
    np.testing.assert_array_equal(again(**at), solution(**at))
    assert set(solution.plot(tmp_path / "pictures")) >= {"solution_u"}


def test_weights_and_points_of_a_law_are_those_of_its_parts() -> None:
    method = Method.model_validate({
        "model": {"width": 3, "depth": 1},
        "weights": {"cold": 7, "eq": 3},
        "sampling": {"points": {"cold": 5, "eq": 11}},
        "domain": {"split": {"x": 2}, "points": 9, "weights": {"value": 20, "flux": 2}},
    })  # fmt: skip
    system = build_system(pdedsl.parse(HEAT), method, 0)
    found = {block.label: (block.weight, len(block.points)) for block in system.blocks}
    assert {k: v for k, v in found.items() if not k.startswith("ic")} == {
        "eq.1": (3, 11), "eq.2": (3, 11), "cold_1": (7, 5), "cold_2": (7, 5),
        "Gamma1_u": (20, 9), "Gamma1_flux": (2, 9),
    }  # fmt: skip


@pytest.mark.parametrize("preset", ["cpinn", "xpinn", "fbpinn"])
def test_presets_lower_the_loss_of_burgers(preset: str) -> None:
    small = {"model.width": 6, "model.depth": 1, "sampling.points.eq": 150}
    small |= {"optimizer.iterations": 12}
    solution = pdedsl.solve(
        pdedsl.load(ROOT / "specs" / "burgers.pde"), preset, settings=small.items()
    )
    losses = [p.loss for p in solution.outcome.history]
    assert solution.outcome.loss < 0.05 * losses[0]


def test_windows_that_overlap() -> None:
    method = basis(9, {"x": 2, "y": 2}, eq=900, coupling="overlap", width=2.0)
    solution = pdedsl.solve(pdedsl.parse(SQUARE), method)
    assert len(solution.theta) == 4 * 55
    assert solution.errors["u"]["rel_l2"] < 1e-6


PERIODIC = 'problem "p"\ndomain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n'
PERIODIC += "eq: u_t + u_x = 0\nbc: u periodic in x\nic: u = sin(2*pi*x)  at t = 0\n"

GAUGED = PERIODIC + "bc: integral(u, O) = 0\n"


@pytest.mark.parametrize(
    ("text", "change", "reason", "mend"),
    [
        (PERIODIC, {"split": {"x": 2}}, "along x: it is periodic in x", "split = { t = 2 }"),
        (PERIODIC, {"split": {"x": 2}, "coupling": "overlap"}, "it is periodic", "{ t = 2 }"),
        (GAUGED, {"split": 2}, "it is periodic in x", 'coupling = "overlap"'),
        (HEAT, {"split": {"z": 2}}, "'z', which is no coordinate", "one of x, t"),
        (HEAT, {"split": {"x": [0.5, 1.5]}}, "ascend inside the interval of x, from 0 to 1", ""),
        (HEAT, {"split": {"x": [0.5]}, "coupling": "overlap"}, "even distances", "{ x = 4 }"),
    ],
)
def test_splits_that_cannot_be_had(
    text: str, change: dict[str, Any], reason: str, mend: str
) -> None:
    method = Method.model_validate({"model": {"width": 3, "depth": 1}, "domain": change})
    with pytest.raises(UserError, match="E803") as caught:
        pdedsl.solve(pdedsl.parse(text), method)
    assert reason in str(caught.value)
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    ("model", "split", "reason"),
    [
        ({"kind": "mlp", "hard": True}, {"x": 2}, "has no hard conditions"),
        ({"kind": "windows", "count": 2}, {"t": 2}, "no windows of time as well"),
        ({"kind": "fbpinn"}, {"x": 2}, "no overlapping windows as well"),
    ],
)
def test_models_that_do_not_go_with_a_split(
    model: dict[str, Any], split: dict[str, int], reason: str
) -> None:
    method = Method.model_validate({"model": model, "domain": {"split": split}})
    with pytest.raises(UserError, match=reason):
        pdedsl.solve(pdedsl.parse(HEAT), method)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schedule": {"starts": {"bandwidths": [1.0, 2.0]}}}, "those of one network"),
        ({"model": {"kind": "mlp", "hard": True}}, "no hard = true"),
        ({"model": {"kind": "windows", "count": 2}}, "windows cannot be a piece"),
    ],
)
def test_what_does_not_go_with_windows_that_overlap(change: dict[str, Any], reason: str) -> None:
    split = {"domain": {"split": {"x": 2}, "coupling": "overlap"}}
    with pytest.raises(UserError, match=reason):
        pdedsl.solve(pdedsl.parse(HEAT), Method.model_validate(change | split))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"split": 0}, "split is 0; write a number of pieces"),
        ({"split": {"x": 1.5}}, "split has 1.5 for x; write a number of pieces"),
        ({"split": {"x": [0.6, 0.3]}}, "positions that ascend"),
        ({"split": "four"}, "write a number of pieces"),
    ],
)
def test_wrong_splits(given: dict[str, Any], text: str) -> None:
    with pytest.raises(UserError, match="E802") as caught:
        from pdedsl.settings.load import override

        override({"domain": given}, {})
    assert text in str(caught.value)


@pytest.mark.parametrize("split", [1, {"x": 1}, {"x": 1, "t": 1}])
@pytest.mark.parametrize("coupling", ["flux", "residual", "overlap"])
def test_one_piece_is_the_whole(split: Any, coupling: str) -> None:
    problem = pdedsl.load(ROOT / "specs" / "heat.pde")
    how: dict[str, Any] = {"model": {"kind": "basis", "modes": 8}, "optimizer": {"kind": "lstsq"}}
    parts = {"domain": {"split": split, "coupling": coupling}}
    whole, one = (pdedsl.solve(problem, pdedsl.Method(**how, **more)) for more in ({}, parts))
    assert one.errors == whole.errors
