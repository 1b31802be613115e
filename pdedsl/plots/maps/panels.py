"""The axes of maps: their order, their scale, and painting a grid on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdedsl.plots.style import tex
from pdedsl.plots.view import Array, Axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDEST_EQUAL = 4.0
_MOST_LABELS = 5


def orient(axes: tuple[Axis, ...]) -> tuple[Axis, Axis]:
    """Horizontal and vertical axis: time runs to the right, space before parameters."""
    first, second = axes[:2]
    return (second, first) if second.kind == "time" else (first, second)


def is_equal(across: Axis, up: Axis) -> bool:
    """Whether both axes are space and of comparable length, so that one scale serves both."""
    ratio = (across.high - across.low) / (up.high - up.low)
    both = across.kind == up.kind == "space"
    return both and 1 / _WIDEST_EQUAL <= ratio <= _WIDEST_EQUAL


def panel_size(across: Axis, up: Axis, width: float = 3.0) -> tuple[float, float]:
    """Width and height in inches of one panel, without its colour bar."""
    if not is_equal(across, up):
        return width, 0.8 * width
    ratio = (up.high - up.low) / (across.high - across.low)
    return (width, width * ratio) if ratio <= 1.2 else (1.2 * width / ratio, 1.2 * width)


def paint(
    panel: Axes,
    across: Axis,
    up: Axis,
    values: Array,
    ticks: tuple[Array, Array] | None = None,
    **options: Any,
) -> Any:
    """A map of values of shape (n across, n up), equally spaced unless ``ticks`` say where."""
    mesh = (
        _uniform(panel, across, up, values, options)
        if ticks is None
        else panel.pcolormesh(*ticks, values.T, shading="nearest", **options)
    )
    panel.set_xlim(across.low, across.high)
    panel.set_ylim(up.low, up.high)
    panel.set_aspect("equal" if is_equal(across, up) else "auto")
    panel.set_xlabel(tex(across.name))
    panel.locator_params(axis="x", nbins=_MOST_LABELS)  # of the width of a negative number
    return mesh


def _uniform(panel: Axes, across: Axis, up: Axis, values: Array, options: dict[str, Any]) -> Any:
    # The values stand at the centres of the pixels, those of the ends half outside.
    left, bottom = (
        (a.high - a.low) / (n - 1) / 2 for a, n in zip((across, up), values.shape, strict=True)
    )
    extent = (across.low - left, across.high + left, up.low - bottom, up.high + bottom)
    return panel.imshow(values.T, origin="lower", extent=extent, interpolation="nearest", **options)
