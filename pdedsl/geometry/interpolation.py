"""Columns of tables between their own points, by a method that is stated or that the data choose.

- ``nearest``: the value of the nearest row, half a step beyond the first and last ones, too;
- ``linear``: between neighbours on a curve or a full grid, on a Delaunay triangulation else;
- ``monotone``: piecewise cubic Hermite interpolation along one coordinate that keeps monotone data
  monotone (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5, 1984);
- ``cubic``: the cubic spline of a curve or a full grid, in the plane the smooth surface of Clough
  and Tocher over scattered points. It swings beyond the data at jumps.

Where nothing is stated see `default_method`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Table

METHODS = ("nearest", "linear", "monotone", "cubic")
SWING = 0.05
"""Part of the range of its data by which a spline may leave it unasked. The spline of a step leaves
it by 0.11, that of a sine of eight points a wave by 0.03 at the peak between two points."""
_ROUNDED = 1e-6  # of the extent: ends of tables are written with some digits, domains are exact


def unsuitable(table: Table, method: str) -> tuple[str, str] | None:
    """Why a method does not serve a table, and one that does; None where it does."""
    dimension = len(table.coordinates)
    if method == "monotone" and table.layout != "curve":
        return (
            f"monotone cubics go along one coordinate, and {table.name} has {dimension}",
            "linear",
        )
    if method == "cubic" and table.layout == "grid" and min(map(len, _axes(table))) < 4:
        return f"a cubic spline needs four values of each coordinate of {table.name}", "linear"
    if method == "cubic" and table.layout == "scattered" and dimension > 2:
        return f"{table.name} has scattered points in {dimension} coordinates", "linear"
    return None


def method_of(table: Table, column: str) -> str:
    """The method for a column: as stated, else `default_method`."""
    return table.interpolation or default_method(table, column)


@lru_cache(maxsize=64)
def default_method(table: Table, column: str) -> str:
    """The method for a column of which the spec says nothing.

    Monotone cubics along one coordinate; on a full grid the cubic spline, unless it leaves the
    range of the data by more than `SWING` or takes another sign than all of them, which it does at
    jumps, then linear; linear for scattered points.
    """
    if table.layout == "curve":
        return "monotone"
    if table.layout == "scattered" or unsuitable(table, "cubic") or swings(table, column):
        return "linear"
    return "cubic"


def swings(table: Table, column: str) -> bool:
    """Whether the cubic interpolation leaves the range of the data by `SWING`, or changes sign."""
    values = table.columns[column]
    (low, high), (least, most) = cubic_range(table, column), (values.min(), values.max())
    excess = max(least - low, high - most)
    return bool(excess > SWING * (most - least) or low < 0 <= least or most <= 0 < high)


@lru_cache(maxsize=64)
def cubic_range(table: Table, column: str) -> tuple[float, float]:
    """Least and largest value of the cubic interpolation, at points between those of the table."""
    from scipy.interpolate import CubicSpline

    values = table.columns[column]
    if table.layout == "scattered":
        from scipy.spatial import Delaunay

        corners = table.points()[Delaunay(table.points()).simplices]
        between = [
            corners.mean(axis=1),
            *((corners[:, i] + corners[:, i - 1]) / 2 for i in range(3)),
        ]
        found = interpolator(table, column, "cubic")(np.concatenate(between))
        found = np.append(found[np.isfinite(found)], values)
    else:
        axes = _axes(table)
        found = _cube(table, column)
        # The spline on a finer grid, one axis after the other, with as many points as are cheap.
        parts = next((p for p in (8, 4) if found.size * p ** len(axes) <= 10**6), 2)
        for place, axis in enumerate(axes):
            fine = np.interp(
                np.arange(parts * len(axis) - parts + 1) / parts, np.arange(len(axis)), axis
            )
            found = CubicSpline(axis, found, axis=place)(fine)
    return float(min(found.min(), values.min())), float(max(found.max(), values.max()))


def reach(table: Table) -> tuple[Array, Array]:
    """Lower and upper ends of the box in which columns have values, shape (d,) each."""
    points = table.points()
    lower, upper = points.min(axis=0), points.max(axis=0)
    if table.interpolation == "nearest" and table.layout != "scattered":
        for place, axis in enumerate(_axes(table)):
            lower[place] -= (axis[1] - axis[0]) / 2 if len(axis) > 1 else 0.0
            upper[place] += (axis[-1] - axis[-2]) / 2 if len(axis) > 1 else 0.0
    return lower, upper


def interpolator(table: Table, column: str, method: str | None = None) -> Callable[[Array], Array]:
    """The function (n, coordinates) → (n,) of a column; NaN outside of its points.

    Args:
        table: the table.
        column: one of its columns.
        method: one of `METHODS`; by default that of `method_of`.

    Raises:
        ValueError: two rows have the same coordinates, or there are too few rows.
    """
    points = table.points()
    if len(np.unique(points, axis=0)) < len(points):
        raise ValueError(f"the table {table.name} has several rows at one point")
    if len(points) < 2:
        raise ValueError(f"the table {table.name} needs at least 2 rows, got {len(points)}")
    method = method or method_of(table, column)
    if table.layout == "scattered":
        inner = _scattered(table, column, method)
    elif len(table.coordinates) == 1 and method in ("monotone", "cubic"):
        inner = _curve(table, column, method)
    else:
        inner = _grid(table, column, method)
    lower, upper = reach(table)
    margin = _ROUNDED * (upper - lower)

    def at(places: Array) -> Array:
        outside = ((places < lower - margin) | (places > upper + margin)).any(axis=1)
        values = inner(np.clip(places, lower, upper))
        return np.where(outside, np.nan, values)

    return at


def _axes(table: Table) -> list[Array]:
    return [np.unique(column) for column in table.points().T]


def _cube(table: Table, column: str) -> Array:
    """Values of a column over the grid of its points, an axis for each coordinate."""
    order = np.lexsort(table.points().T[::-1])
    return table.columns[column][order].reshape([len(axis) for axis in _axes(table)])


def _curve(table: Table, column: str, method: str) -> Callable[[Array], Array]:
    from scipy.interpolate import CubicSpline, PchipInterpolator

    (axis,), kind = _axes(table), CubicSpline if method == "cubic" else PchipInterpolator
    curve = kind(axis, _cube(table, column))
    return lambda points: np.asarray(curve(points[:, 0]))


def _grid(table: Table, column: str, method: str) -> Callable[[Array], Array]:
    from scipy.interpolate import RegularGridInterpolator

    # The spline's own tolerance, 1e-6, would be the error of the interpolation.
    tight = {"rtol": 1e-14, "atol": 0.0} if method == "cubic" else None
    inner = RegularGridInterpolator(
        _axes(table), _cube(table, column), method=method,
        bounds_error=False, fill_value=None, solver_args=tight,
    )  # fmt: skip
    return lambda at: np.asarray(inner(at))


def _scattered(table: Table, column: str, method: str) -> Callable[[Array], Array]:
    from scipy.interpolate import (
        CloughTocher2DInterpolator,
        LinearNDInterpolator,
        NearestNDInterpolator,
    )
    from scipy.spatial import QhullError

    kinds = {"nearest": NearestNDInterpolator, "cubic": CloughTocher2DInterpolator}
    kind = kinds.get(method, LinearNDInterpolator)
    try:
        inner = kind(table.points(), table.columns[column], rescale=True)
    except QhullError as problem:
        raise ValueError(f"the points of the table {table.name} span no volume") from problem
    return lambda at: np.asarray(inner(at))
