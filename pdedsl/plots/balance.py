"""How the laws share the loss and its gradient during a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .spectra import over_iterations
from .style import CYCLE, figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.training.outcome import Progress


def balance_figure(history: Sequence[Progress]) -> Figure | None:
    """The weights of the laws, where they change, and the norms of their gradients.

    Returns:
        The figure; None where no weight changes.
    """
    weights = _by_law(history, "weights")
    if all(len(set(values)) == 1 for _, values in weights.values()):
        return None
    drawn = {"weight of the law": weights, "norm of the gradient": _by_law(history, "gradients")}
    with style():
        made = figure(9.0, 3.4)
        panels = made.subplots(1, 2, sharex=True)
        for panel, (title, curves) in zip(panels, drawn.items(), strict=True):
            panel.set_title(title)
            panel.set_yscale("log")
            for number, (label, (iterations, values)) in enumerate(curves.items()):
                colour = CYCLE[number % len(CYCLE)]
                panel.plot(iterations, values, color=colour, label=label, linewidth=1.2)
            panel.set_xlabel("iteration")
            over_iterations(panel, [p.iteration for p in history])
            panel.grid(True, axis="y")
        panels[-1].legend(
            *panels[0].get_legend_handles_labels(), loc="center left", bbox_to_anchor=(1.0, 0.5)
        )
    return made


def _by_law(history: Sequence[Progress], name: str) -> dict[str, tuple[list[int], list[float]]]:
    """Label to iterations and values, where there are such of more than zero."""
    found: dict[str, Any] = {}
    for progress in history:
        for label, value in getattr(progress, name).items():
            if value > 0:
                iterations, values = found.setdefault(label, ([], []))
                iterations.append(progress.iteration)
                values.append(value)
    return found
