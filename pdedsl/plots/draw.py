"""Which pictures a solution gets, and writing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .balance import balance_figure
from .course import course_figures
from .estimated_errors import estimated_error_figure
from .history import history_figure
from .lines import line_figures
from .maps import map_figures, slice_figures, snapshot_figures, vector_figures
from .residuals import residual_figure
from .style import safe, save, style
from .units import show_units
from .view import View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution import Solution

    from .view import Figures


def draw(
    solution: Solution,
    folder: Path | None,
    go_on: Callable[[], bool] | None = None,
    at: Mapping[str, float] | None = None,
    fields: tuple[str, ...] | None = None,
) -> dict[str, Figure]:
    """Draw what suits the number of inputs.

    ``solution_<field>`` always, and ``solution`` of fields on domains side by side;
    ``snapshots_<field>`` in one space dimension and time; ``vectors_<field>`` for plane vector
    fields; ``residuals``; ``estimated_error`` where the solution is not known and its error is
    estimated; ``history``; ``balance`` where weights of laws change; where the training was watched
    also those of `course_figures`.

    Args:
        solution: what is drawn.
        folder: where to write ``<name>.png``; made when missing. None to write nothing.
        go_on: asked between pictures whether to draw another one.
        at: values of inputs, where a section is drawn; names of pictures end with them then.
        fields: names of fields or components; None for all. With these or ``at`` the pictures are
            those of the fields alone.

    Raises:
        OSError: the folder cannot be written to.
        ValueError: see `View.of`.
    """
    found: dict[str, Figure] = {}
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    view, ending = View.of(solution, at, fields), section_name(at or {})
    with style():
        for plain, make in _fields(view) if view.fixed else _figures(view):
            name = plain + ending
            if found and go_on is not None and not go_on():
                break
            made = make()
            if made is not None:
                show_units(made, dict(solution.problem.units))
                found[name] = made
                if folder is not None:
                    save(made, folder / f"{name}.png")
    return found


def section_name(at: Mapping[str, float]) -> str:
    """What names of pictures end with: ``_t0.5`` at t = 0.5."""
    return "".join(f"_{safe(name)}{value:g}" for name, value in at.items())


def _figures(view: View) -> Figures:
    """All that suit; which may be none of residuals and weights."""
    history, moments = view.solution.outcome.history, view.solution.moments
    yield from _fields(view)
    yield "residuals", partial(residual_figure, view)
    yield "estimated_error", partial(estimated_error_figure, view)
    yield "balance", partial(balance_figure, history)
    if len(history) > 1:
        yield "history", partial(history_figure, history)
    if moments:
        for name, figure in course_figures(moments).items():
            yield name, partial(_made, figure)


def _made(figure: Figure) -> Figure:
    return figure


def _fields(view: View) -> Figures:
    if len(view.axes) == 1:
        yield from line_figures(view)
    elif len(view.axes) == 2:
        yield from map_figures(view)
        yield from vector_figures(view)
    elif len(view.axes) == 3:
        yield from snapshot_figures(view)
        yield from vector_figures(view)
    else:
        yield from slice_figures(view)
