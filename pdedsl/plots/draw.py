"""Which pictures a solution gets, and writing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .balance import balance_figure
from .course import course_figures
from .estimated_errors import estimated_error_figure
from .history import history_figure
from .lines import line_figures
from .maps import map_figures
from .residuals import residual_figure
from .slices import slice_figures
from .snapshots import snapshot_figures
from .style import save, style
from .vectors import vector_figures
from .view import View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution import Solution


def draw(solution: Solution, folder: Path | None) -> dict[str, Figure]:
    """Draw what suits the number of inputs.

    ``solution_<field>`` always; ``snapshots_<field>`` in one space dimension and time;
    ``vectors_<field>`` for plane vector fields; ``residuals``; ``estimated_error`` where the
    solution is not known and its error is estimated; ``history``; ``balance`` where weights of laws
    change; where the training was watched also those of `course_figures`.

    Args:
        solution: what is drawn.
        folder: where to write ``<name>.png``; made when missing. None to write nothing.

    Raises:
        OSError: the folder cannot be written to.
    """
    view = View.of(solution)
    with style():
        figures = dict(_fields(view))
        residuals = residual_figure(view)
        if residuals is not None:
            figures["residuals"] = residuals
        errors = estimated_error_figure(view)
        if errors is not None:
            figures["estimated_error"] = errors
        if len(solution.outcome.history) > 1:
            figures["history"] = history_figure(solution.outcome.history)
        balance = balance_figure(solution.outcome.history)
        if balance is not None:
            figures["balance"] = balance
        figures |= course_figures(solution.moments)
        if folder is not None:
            _write(figures, folder)
    return figures


def _fields(view: View) -> dict[str, Figure]:
    if len(view.axes) == 1:
        return line_figures(view)
    if len(view.axes) == 2:
        return map_figures(view) | vector_figures(view)
    if len(view.axes) == 3:
        return snapshot_figures(view) | vector_figures(view)
    return slice_figures(view)


def _write(figures: dict[str, Figure], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")
