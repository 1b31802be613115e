"""The course of the training: loss, residuals by law and error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .style import figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.methods.outcome import Progress


def history_figure(history: Sequence[Progress]) -> Figure:
    """Two panels on logarithmic scales, over iterations and over seconds."""
    made = figure(9.0, 3.6)
    left, right = made.subplots(1, 2, sharey=True)
    _draw(left, history, [p.iteration for p in history])
    _draw(right, history, [p.seconds for p in history])
    left.set(xlabel="iteration", ylabel="loss, rms residuals, error")
    right.set(xlabel="seconds")
    right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def _draw(panel: Any, history: Sequence[Progress], places: Sequence[float]) -> None:
    panel.set_yscale("log")
    for label in dict.fromkeys(label for p in history for label in p.laws):
        pairs = [
            (x, p.laws[label])
            for x, p in zip(places, history, strict=True)
            if label in p.laws and p.laws[label] > 0
        ]
        if pairs:
            panel.plot(*zip(*pairs, strict=True), linewidth=1, label=f"rms {label}")
    losses = [(x, p.loss) for x, p in zip(places, history, strict=True) if p.loss > 0]
    if losses:
        panel.plot(*zip(*losses, strict=True), color="black", linewidth=1.6, label="loss")
    errors = [(x, p.rel_l2) for x, p in zip(places, history, strict=True) if p.rel_l2]
    if errors:
        panel.plot(
            *zip(*errors, strict=True),
            color="black",
            linestyle="--",
            marker=".",
            markersize=4,
            linewidth=1,
            label="relative L2 error",
        )
    panel.grid(True, axis="y")
    panel.margins(x=0.02)
