"""Columns of tables away from their own points.

- one coordinate: piecewise cubic Hermite interpolation that keeps monotone data monotone
  (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5, 1984);
- a full grid in several coordinates: tensor cubic spline, or linear with fewer than four
  values on an axis;
- scattered points: linear on a Delaunay triangulation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Table


def interpolator(table: Table, column: str) -> Callable[[Array], Array]:
    """The function (n, coordinates) → (n,) of a column; NaN outside the hull of the points.

    Raises:
        ValueError: two rows have the same coordinates, or there are too few rows.
    """
    points, values = table.points(), table.columns[column]
    if len(np.unique(points, axis=0)) < len(points):
        raise ValueError(f"the table {table.name} has several rows at one point")
    if table.layout == "curve":
        return _curve(points[:, 0], values, table.name)
    if table.layout == "grid":
        return _grid([np.unique(column) for column in points.T], points, values)
    return _scattered(points, values, table.name)


def _curve(x: Array, values: Array, name: str) -> Callable[[Array], Array]:
    from scipy.interpolate import PchipInterpolator

    if len(x) < 2:
        raise ValueError(f"the table {name} needs at least 2 rows, got {len(x)}")
    order = np.argsort(x)
    curve = PchipInterpolator(x[order], values[order], extrapolate=False)
    return lambda points: np.asarray(curve(points[:, 0]))


def _grid(axes: list[Array], points: Array, values: Array) -> Callable[[Array], Array]:
    from scipy.interpolate import RegularGridInterpolator

    order = np.lexsort(points.T[::-1])
    cube = values[order].reshape([len(a) for a in axes])
    method = "cubic" if min(len(a) for a in axes) >= 4 else "linear"
    # The spline's own tolerance, 1e-6, would be the error of the interpolation.
    tight = {"rtol": 1e-14, "atol": 0.0} if method == "cubic" else None
    inner = RegularGridInterpolator(
        axes, cube, method=method, bounds_error=False, fill_value=np.nan, solver_args=tight
    )
    return lambda at: np.asarray(inner(at))


def _scattered(points: Array, values: Array, name: str) -> Callable[[Array], Array]:
    from scipy.interpolate import LinearNDInterpolator
    from scipy.spatial import QhullError

    try:
        inner = LinearNDInterpolator(points, values, rescale=True)
    except QhullError as problem:
        raise ValueError(f"the points of the table {name} span no volume") from problem
    return lambda at: np.asarray(inner(at))
