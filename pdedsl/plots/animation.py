"""Fields that move: a frame for each moment, as GIF or MP4."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .maps.canvas import Canvas, canvas_of
from .maps.panels import orient, panel_size
from .style import CYCLE, VALUES, bar, figure, style, tex, upright
from .units import show_units
from .view import Axis, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution import Solution

ENDINGS = (".gif", ".mp4")
FRAMES = 60
_RATE = 20  # frames a second
_DPI = 110
_N = 161
_ROOM = 0.05  # of the range of the values, above and below curves


def animate(
    solution: Solution, path: Path, fields: tuple[str, ...] | None = None, frames: int = FRAMES
) -> Path:
    """Write an animation over time of a solution with one or two space coordinates.

    Colours and axes are the same in all frames.

    Args:
        solution: the solution.
        path: a new file; ``.gif``, or ``.mp4`` where ffmpeg is installed.
        fields: names of fields or components; None for all.
        frames: moments, equally spaced.

    Raises:
        ValueError: no time, more than two space coordinates, an unknown ending or field.
        FileExistsError: the file is there already.
        OSError: it cannot be written, or there is no ffmpeg for ``.mp4``.
    """
    view = View.of(solution, fields=fields)
    moving = [axis for axis in view.axes if axis.kind == "time"]
    space = tuple(axis for axis in view.axes if axis.kind != "time")
    if not moving:
        raise ValueError("nothing moves: the problem has no time")
    if len(space) not in (1, 2):
        raise ValueError(f"there are animations of one and two coordinates, not of {len(space)}")
    writer = _writer(path)
    if path.exists():
        raise FileExistsError(f"{path} exists already, and nothing is overwritten")
    partial = path.with_name(f".{path.name}.part{path.suffix}")
    with style():
        made, show = (_curves if len(space) == 1 else _maps)(view, space, moving[0], frames)
        try:
            with writer.saving(made, str(partial), dpi=_DPI):
                for i in range(frames):
                    show(i)
                    show_units(made, dict(solution.problem.units))
                    writer.grab_frame()
            partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)
    return path


def _writer(path: Path) -> Any:
    from matplotlib import animation

    if path.suffix not in ENDINGS:
        raise ValueError(f"{path}: an animation ends with one of {', '.join(ENDINGS)}")
    if path.suffix == ".gif":
        return animation.PillowWriter(fps=_RATE)
    if not animation.FFMpegWriter.isAvailable():
        raise OSError("an MP4 file needs the program ffmpeg, which is not installed; write a .gif")
    return animation.FFMpegWriter(fps=_RATE)


Show = Callable[[int], None]


def _curves(view: View, space: tuple[Axis, ...], time: Axis, frames: int) -> tuple[Figure, Show]:
    """Curves of all components over one coordinate, and what shows a frame of them."""
    (axis,), moments = space, time.values(frames)
    x = axis.values(4 * _N)
    found = [view.solution.at(view.points({axis.name: x, time.name: t})) for t in moments]
    whole = np.concatenate([own[name] for own in found for name in view.components])
    room = _ROOM * float(np.nanmax(whole) - np.nanmin(whole) or 1.0)
    made = figure(6.0, 3.6)
    panel = made.subplots()
    lines = [
        panel.plot(x, found[0][name], color=CYCLE[i % len(CYCLE)], label=tex(name))[0]
        for i, name in enumerate(view.components)
    ]
    panel.set_xlabel(tex(axis.name))
    panel.set_ylim(np.nanmin(whole) - room, np.nanmax(whole) + room)
    panel.margins(x=0)
    panel.legend(loc="upper right")
    title = panel.set_title("")

    def show(i: int) -> None:
        for line, name in zip(lines, view.components, strict=True):
            line.set_ydata(found[i][name])
        title.set_text(f"{tex(time.name)} = {moments[i]:.3g}")

    return made, show


def _maps(view: View, space: tuple[Axis, ...], time: Axis, frames: int) -> tuple[Figure, Show]:
    """A map of each component side by side, and what shows a frame of them."""
    across, up = orient(space)
    moments, names = time.values(frames), view.components
    drawn = [canvas_of(view, view.domain(name), across, up, _N) for name in names]
    found = {
        name: [view.solution.at(view.points({**c.places, time.name: t}))[name] for t in moments]
        for name, c in zip(names, drawn, strict=True)
    }
    width, height = panel_size(across, up)
    made = figure(len(names) * (width * 1.2 + 0.9), height * 1.2 + 0.9)
    panels = made.subplots(1, len(names), squeeze=False)[0]
    limits = {
        name: {"vmin": np.nanmin(own), "vmax": np.nanmax(own), "cmap": VALUES}
        for name, own in found.items()
    }
    for panel, canvas, name in zip(panels, drawn, names, strict=True):
        bar(made, canvas.paint(panel, found[name][0], **limits[name]))

    def show(i: int) -> None:
        for panel, canvas, name in zip(panels, drawn, names, strict=True):
            _repaint(panel, canvas, found[name][i], limits[name])
            panel.set_title(f"{tex(name)}, {tex(time.name)} = {moments[i]:.3g}")
            upright(panel, up.name)

    return made, show


def _repaint(panel: Any, canvas: Canvas, values: Any, limits: dict[str, Any]) -> None:
    for old in [*panel.collections, *panel.images, *panel.lines]:
        old.remove()
    canvas.paint(panel, values, **limits)
