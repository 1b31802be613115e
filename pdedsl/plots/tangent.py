"""Tangent kernels and Green's functions as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .maps import orient, paint, panel_size
from .style import CYCLE, VALUES, bar, figure, style, tex, upright
from .view import Array, Axis, axes_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

    from pdedsl.compiler import ResidualSystem
    from pdedsl.conditioning.networks.tangent import Metric

_SIGNED = "RdBu_r"  # white is zero
_NEGLIGIBLE = 0.02
_N_LINE, _N_PLANE = 121, 81
_SECTIONS = 4


def kernel_figure(
    system: ResidualSystem,
    theta: Tensor,
    metric: Metric,
    component: int = 0,
    point: Sequence[float] | None = None,
) -> Figure:
    """The tangent kernel and the natural one side by side.

    With one input K(x, y) over both points; with more, K(point, ·) over the first two inputs,
    the others held at those of the point.

    Args:
        system: gives the fields.
        theta: state, shape (P,).
        metric: of the natural kernel.
        component: place of the component among ``problem.components``.
        point: the first point, shape (inputs,); None for a point off the middle.
    """
    from pdedsl.conditioning.networks.tangent import natural_kernel, tangent_kernel

    axes = axes_of(system.problem)
    here = np.array([_off_middle(axis) for axis in axes] if point is None else point)
    if len(axes) == 1:
        across, up = axes[0], Axis(axes[0].name + "'", axes[0].low, axes[0].high, axes[0].kind)
        points = across.values(_N_LINE)[:, None]
        at, shape = points, (_N_LINE, _N_LINE)
    else:
        across, up = orient(axes)
        at, shape = _plane(axes, across, up, here), (_N_PLANE, _N_PLANE)
        points = here[None]
    ntk = tangent_kernel(system, theta, at, points)[component, :, component]
    natural = natural_kernel(system, theta, metric, at, points)[component, :, component]
    with style():
        made, panels = _panels(across, up, 2)
        pairs = (("tangent kernel", ntk), ("natural tangent kernel", natural))
        for panel, (title, values) in zip(panels, pairs, strict=True):
            bar(made, _draw_signed(panel, across, up, values.reshape(shape)))
            panel.set_title(title)
            if len(axes) > 1:
                _mark(panel, axes, across, up, here)
        upright(panels[0], up.name)
    return made


def green_figure(
    axis: Axis, g: Array, exact: Array | None = None, title: str = "Green's function"
) -> Figure:
    """A map of g(x, y) and its sections at some y.

    Args:
        axis: of both points.
        g: values on the tensor grid of ``axis.values(n)``, shape (n, n): x first.
        exact: known values on the same grid, drawn dashed.
        title: of the map.
    """
    second = Axis(axis.name + "'", axis.low, axis.high, axis.kind)
    with style():
        made = figure(8.0, 3.2)
        left, right = made.subplots(1, 2, width_ratios=(1.0, 1.35))
        bar(made, _draw_signed(left, axis, second, g))
        left.set_title(title)
        upright(left, second.name)
        x = axis.values(len(g))
        places = np.linspace(0, len(g) - 1, _SECTIONS + 2).round().astype(int)[1:-1]
        for number, j in enumerate(places):
            label = f"{_with_primes(axis.name)} = {x[j]:.3g}"
            right.plot(x, g[:, j], color=CYCLE[number], label=label)
            left.axhline(x[j], color=CYCLE[number], linewidth=0.8)
        if exact is not None:
            dashes = right.plot(x, exact[:, places], color="black", linestyle="--", linewidth=0.9)
            dashes[0].set_label("exact")
        right.set_xlabel(tex(axis.name))
        right.margins(x=0.0)
        right.grid(True, axis="y")
        right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def green_sources(axes: tuple[Axis, ...]) -> Array:
    """Points of two inputs at which sources are shown, shape (3, 2)."""
    shares = np.array([[0.3, 0.3], [0.5, 0.5], [0.7, 0.3]])
    low, high = (np.array([getattr(axis, end) for axis in axes]) for end in ("low", "high"))
    return np.asarray(low + shares * (high - low))


def plane_points(axes: tuple[Axis, ...]) -> Array:
    """The grid of `green_sources_figure`, shape (n², 2)."""
    across, up = orient(axes)
    return _plane(axes, across, up, np.zeros(len(axes)))


def green_sources_figure(axes: tuple[Axis, ...], g: Array, sources: Array) -> Figure:
    """Maps of g(·, y) over two inputs for some sources y, which are marked.

    Args:
        axes: of both inputs.
        g: values at `plane_points`, shape (k, n²).
        sources: y, shape (k, 2).
    """
    across, up = orient(axes)
    with style():
        made, panels = _panels(across, up, len(sources))
        for panel, values, source in zip(panels, g, sources, strict=True):
            bar(made, _draw_signed(panel, across, up, values.reshape(_N_PLANE, _N_PLANE)))
            _mark(panel, axes, across, up, source)
            panel.set_title(_at(axes, source))
        upright(panels[0], up.name)
        made.suptitle("Green's function of the source at +", fontsize=10)
    return made


def _at(axes: tuple[Axis, ...], point: Array) -> str:
    pairs = zip(axes, point, strict=True)
    return ", ".join(f"{_with_primes(axis.name)} = {value:.3g}" for axis, value in pairs)


def _panels(across: Axis, up: Axis, count: int) -> tuple[Figure, Any]:
    width, height = panel_size(across, up, 2.8)
    made = figure(count * (width + 1.1), height + 0.8)
    return made, made.subplots(1, count)


def _draw_signed(panel: Any, across: Axis, up: Axis, values: Array) -> Any:
    """A map whose colours are centred at zero where the values have both signs.

    The colours end at the 99.5th percentile where a few values (the corners of a projection's
    kernel) are far above it; the bar then has pointed ends.
    """
    low, high = float(values.min()), float(values.max())
    most, usual = max(-low, high), float(np.percentile(np.abs(values), 99.5))
    cut = most > 2 * usual > 0
    top = usual if cut else most or 1.0
    signed = min(-low, high) >= _NEGLIGIBLE * top
    ends = (-top, top) if signed else (max(low, -top), min(high, top))
    colours = _colours(_SIGNED if signed else VALUES, cut)
    mesh = paint(panel, across, up, values, cmap=colours, vmin=ends[0], vmax=ends[1])
    panel.set_xlabel(tex(across.name))
    return mesh


def _colours(name: str, cut: bool) -> Any:
    from matplotlib import colormaps

    made: Any = colormaps[name].copy()
    made.colorbar_extend = "both" if cut else "neither"
    return made


def _with_primes(name: str) -> str:
    return tex(name)[:-1] + "'$"


def _off_middle(axis: Axis) -> float:
    # Symmetric problems have special values at the middle.
    return axis.low + 0.4 * (axis.high - axis.low)


def _plane(axes: tuple[Axis, ...], across: Axis, up: Axis, held: Array) -> Array:
    """Points of a grid over two axes, shape (n², inputs), the vertical one fastest."""
    mesh = np.meshgrid(across.values(_N_PLANE), up.values(_N_PLANE), indexing="ij")
    out = np.tile(held, (_N_PLANE**2, 1))
    for axis, values in zip((across, up), mesh, strict=True):
        out[:, axes.index(axis)] = values.ravel()
    return out


def _mark(panel: Any, axes: tuple[Axis, ...], across: Axis, up: Axis, point: Array) -> None:
    x, y = (point[axes.index(axis)] for axis in (across, up))
    panel.plot([x], [y], marker="+", color="black", markersize=7, linestyle="")
