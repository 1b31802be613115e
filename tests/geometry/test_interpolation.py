"""Columns between their points: each method against formulas and scipy, and what is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline, PchipInterpolator, make_interp_spline

from pdedsl.geometry.interpolation import cubic_range, interpolator, method_of, reach, unsuitable
from pdedsl.ir import Table

AXIS = np.linspace(0.0, 1.0, 9)
STEP = np.where(AXIS < 0.5, 1.0, 12.0)
AT = np.linspace(0.0, 1.0, 101)[:, None]


def curve(values: np.ndarray, how: str | None = None, x: np.ndarray = AXIS) -> Table:
    return Table("a", "a.csv", {"x": x, "k": values}, ("x",), "", interpolation=how)


def grid(values: np.ndarray, how: str | None = None) -> Table:
    x, y = (c.ravel() for c in np.meshgrid(AXIS, AXIS, indexing="ij"))
    columns = {"x": x, "y": y, "k": values.ravel()}
    return Table("a", "a.csv", columns, ("x", "y"), "", interpolation=how)


def scattered(how: str | None = None) -> Table:
    x, y = np.random.default_rng(0).random((2, 40))
    return Table("a", "a.csv", {"x": x, "y": y, "k": 1 + x + 2 * y}, ("x", "y"), "", {}, how)


def test_each_method_along_one_coordinate() -> None:
    s = AT[:, 0]
    expected = {
        "linear": np.interp(s, AXIS, STEP),
        "monotone": PchipInterpolator(AXIS, STEP)(s),
        "cubic": CubicSpline(AXIS, STEP)(s),
    }
    for how, values in expected.items():
        assert interpolator(curve(STEP, how), "k")(AT) == pytest.approx(values, abs=1e-13)
    near = interpolator(curve(STEP, "nearest"), "k")(AT)
    assert np.array_equal(near, STEP[np.abs(s[:, None] - AXIS).argmin(axis=1)])
    assert method_of(curve(STEP), "k") == "monotone"


def test_rows_may_come_in_any_order() -> None:
    order = np.random.default_rng(1).permutation(9)
    mixed = curve(STEP[order], "cubic", AXIS[order])
    assert interpolator(mixed, "k")(AT) == pytest.approx(CubicSpline(AXIS, STEP)(AT[:, 0]))


def test_a_grid_of_smooth_values_has_a_spline() -> None:
    values = np.exp(-AXIS)[:, None] * np.cos(3 * AXIS)
    table = grid(values)
    assert method_of(table, "k") == "cubic"
    at = np.random.default_rng(0).random((200, 2))
    inner = make_interp_spline(AXIS, values, axis=0)(at[:, 0])
    exact = [make_interp_spline(AXIS, row)(y) for row, y in zip(inner, at[:, 1], strict=True)]
    assert interpolator(table, "k")(at) == pytest.approx(np.array(exact), abs=1e-13)


@pytest.mark.parametrize("values", [STEP[:, None] * np.ones(9), 1e-4 + (AXIS[:, None] > 0.9)])
def test_a_grid_of_values_that_jump_is_linear(values: np.ndarray) -> None:
    table = grid(np.broadcast_to(values, (9, 9)).copy())
    assert method_of(table, "k") == "linear"
    at = np.random.default_rng(0).random((500, 2))
    found = interpolator(table, "k")(at)
    tiny = 1e-14 * values.max()
    assert values.min() - tiny <= found.min() and found.max() <= values.max() + tiny


def test_the_range_of_a_spline_is_that_of_its_values() -> None:
    table = grid(STEP[:, None] * np.ones(9), "cubic")
    fine = CubicSpline(AXIS, STEP)(np.linspace(0, 1, 2001))
    assert cubic_range(table, "k") == pytest.approx((fine.min(), fine.max()), abs=0.05)
    assert fine.min() < 0 and fine.max() > 12.5
    inside = cubic_range(grid(AXIS[:, None] + AXIS), "k")
    assert inside == pytest.approx((0.0, 2.0), abs=1e-14)


def test_scattered_points() -> None:
    at = np.full((1, 2), 0.5)
    for how in ("linear", "cubic"):
        assert interpolator(scattered(how), "k")(at)[0] == pytest.approx(2.5, abs=1e-6)
    table = scattered("nearest")
    row = np.hypot(*(table.points() - 0.5).T).argmin()
    assert interpolator(table, "k")(at)[0] == table.columns["k"][row]
    assert method_of(scattered(), "k") == "linear"


def test_cells_reach_half_a_step_beyond_their_middles() -> None:
    middles = curve(np.array([1.0, 12.0]), "nearest", np.array([0.25, 0.75]))
    assert [end[0] for end in reach(middles)] == [0.0, 1.0]
    found = interpolator(middles, "k")(np.array([[0.0], [0.49], [0.51], [1.0], [1.01]]))
    assert np.array_equal(found, [1, 1, 12, 12, np.nan], equal_nan=True)


def test_ends_of_a_table_may_be_rounded() -> None:
    table = curve(AXIS, "linear", AXIS * 6.283185)
    assert interpolator(table, "k")(np.array([[2 * np.pi]]))[0] == pytest.approx(1.0, abs=1e-12)
    assert np.isnan(interpolator(table, "k")(np.array([[6.29]]))[0])


def test_methods_that_do_not_serve_a_table() -> None:
    assert unsuitable(grid(np.ones((9, 9))), "monotone")
    x = np.array([0.0, 0.0, 1.0, 1.0])
    small = Table("a", "a.csv", {"x": x, "y": x[[0, 2, 1, 3]], "k": x}, ("x", "y"), "")
    assert unsuitable(small, "cubic") and method_of(small, "k") == "linear"
    assert not unsuitable(scattered(), "cubic")
