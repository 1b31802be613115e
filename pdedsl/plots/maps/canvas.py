"""What a map of a field is drawn on: a grid of its box, or triangles of its true shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.geometry import FloatBox, FloatRegion, domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.meshes import Mesh, cut_mesh, outline, triangulate
from pdedsl.plots.style import tex
from pdedsl.plots.view import Axis, View

from .panels import is_equal, paint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pdedsl.ir import Domain

_FINER = 4  # parts of the cells of a section at its outline: pixels, for 50 cells and more
_ON = 1e-6  # of the size of a body: points so near to its boundary are on it
_DEVIATION = 1e-4  # of the size of a set, of the line around it
_LINE: Any = {"color": "black", "linewidth": 0.7}
_OTHER: Any = {"color": "#999999", "linewidth": 0.7}


@dataclass(frozen=True)
class Canvas:
    """The places of two axes at which a map has values.

    Args:
        across: the horizontal axis.
        up: the vertical one.
        count: values of each axis of a grid.
        mesh: the triangles of a shape, whose points are (across, up); None for a grid.
        lines: around the shape, and whether they are its own, each of shape (n, 2).
    """

    across: Axis
    up: Axis
    count: int
    mesh: Mesh | None = None
    lines: tuple[tuple[Array, bool], ...] = ()

    @property
    def places(self) -> dict[str, Array]:
        """The coordinates of all places by axis, each of shape (n,); those up fastest on a grid."""
        if self.mesh is not None:
            return {self.across.name: self.mesh.points[:, 0], self.up.name: self.mesh.points[:, 1]}
        pair = self.across.values(self.count), self.up.values(self.count)
        x, y = np.meshgrid(*pair, indexing="ij")
        return {self.across.name: x.ravel(), self.up.name: y.ravel()}

    def paint(self, panel: Axes, values: Array, **options: Any) -> Any:
        """A map of values (n,) at all places."""
        if self.mesh is None:
            shown = values.reshape(self.count, self.count)
            return paint(panel, self.across, self.up, shown, **options)
        drawn = self._triangles(panel, values, options)
        for line, own in self.lines:
            panel.plot(*line.T, **(_LINE if own else _OTHER))
        self._frame(panel)
        return drawn

    def _triangles(self, panel: Axes, values: Array, options: dict[str, Any]) -> Any:
        from matplotlib.tri import Triangulation

        assert self.mesh is not None
        cells = self.mesh.cells[np.isfinite(values)[self.mesh.cells].all(axis=1)]
        if not len(cells):
            return panel.scatter([], [], c=[], **options)
        filled = np.where(np.isfinite(values), values, np.nanmin(values))
        x, y = self.mesh.points.T
        drawn = panel.tripcolor(Triangulation(x, y, cells), filled, shading="gouraud", **options)
        drawn.set_rasterized(True)
        return drawn

    def _frame(self, panel: Axes) -> None:
        # Lines on the frame are drawn whole.
        x, y = (0.01 * (axis.high - axis.low) for axis in (self.across, self.up))
        panel.set_xlim(self.across.low - x, self.across.high + x)
        panel.set_ylim(self.up.low - y, self.up.high + y)
        panel.set_aspect("equal" if is_equal(self.across, self.up) else "auto")
        panel.set_xlabel(tex(self.across.name))
        panel.locator_params(axis="x", nbins=5)


def canvas_of(
    view: View,
    domain: str | None,
    across: Axis,
    up: Axis,
    count: int,
    fixed: Mapping[str, float] | None = None,
) -> Canvas:
    """The canvas of what has values in a domain.

    Args:
        view: what is drawn.
        domain: its name; None for all of the inputs.
        across: the horizontal axis.
        up: the vertical one.
        count: values of each axis of a grid; a shape has about half as many triangles each way.
        fixed: values of other axes.
    """
    plain = Canvas(across, up, count)
    problem = view.solution.problem
    if domain is None or problem.domain(domain).is_box:
        return plain
    own = problem.domain(domain)
    names = [s.name for s in own.coordinates]
    if not {across.name, up.name} <= set(names):
        return plain
    at = dict(view.held) | dict(fixed or {})
    columns = [names.index(across.name), names.index(up.name)]
    if len(names) == 2:
        found = triangulate(domain_region(problem, own), count // 2)
        mesh = Mesh(found.points[:, columns], found.cells)
        return Canvas(across, up, count, mesh, tuple(_lines(view, own, columns)))
    if len(names) == 3:
        (rest,) = {0, 1, 2} - {*columns}
        mesh, edges = _section(domain_region(problem, own), columns, at[names[rest]], count)
        return Canvas(across, up, count, mesh, ((edges, True),))
    return plain


def _lines(view: View, own: Domain, columns: list[int]) -> Iterator[tuple[Array, bool]]:
    """Those of other domains in the same coordinates, then those of a domain in the plane."""
    problem = view.solution.problem
    others = [d for d in problem.domains if d != own and d.coordinates == own.coordinates]
    for domain in (*others, own):
        region = domain_region(problem, domain)
        for line in outline(region, region.size, _DEVIATION * region.size):
            yield line.points[:, columns], domain == own


def _section(
    region: FloatRegion, columns: list[int], value: float, count: int
) -> tuple[Mesh, Array]:
    """A body where one coordinate has a value, and the edges around it, between rows of NaN."""

    def level(places: Array) -> Array:
        points = np.full((len(places), 3), value)
        points[:, columns] = places
        return region.level(points)

    box = region.bounding_box
    ends = (tuple(ends[c] for c in columns) for ends in (box.lower, box.upper))
    mesh = cut_mesh(level, FloatBox(*ends), count // 2, _FINER)
    edges = mesh.facets()
    edges = edges[(np.abs(level(mesh.points)) < _ON * region.size)[edges].all(axis=1)]
    lines = np.full((len(edges), 3, 2), np.nan)
    lines[:, :2] = mesh.points[edges]
    return mesh, lines.reshape(-1, 2)
