"""The course of the training: loss, residuals by law and error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .style import figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.training.outcome import Progress

# Violet, which neither the laws' colours nor the black of the loss come near.
_ERROR = "#6A3D9A"
_MOST_MARKERS = 40
_MOST_TICKS = 5  # of seconds: labels such as 0.175 meet where there are nine; a choice
_FEW = 3  # iterations with a report, below which nothing is known of the course between them


def history_figure(history: Sequence[Progress]) -> Figure:
    """Two panels on logarithmic scales, over iterations and over seconds."""
    made = figure(9.0, 3.6)
    left, right = made.subplots(1, 2, sharey=True)
    _draw(left, history, [p.iteration for p in history])
    _draw(right, history, [p.seconds for p in history])
    known = ", error" if any(p.rel_l2 for p in history) else ""
    if len(numbers := {p.iteration for p in history}) > 1:
        left.locator_params(axis="x", integer=True)
    else:
        left.set_xticks(list(numbers))
    right.locator_params(axis="x", nbins=_MOST_TICKS)
    left.set(xlabel="iteration", ylabel=f"loss, rms residuals{known}")
    right.set(xlabel="seconds")
    right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def _draw(panel: Any, history: Sequence[Progress], places: Sequence[float]) -> None:
    panel.set_yscale("log")
    few = len({p.iteration for p in history}) < _FEW
    style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 4} if few else {}
    for label in dict.fromkeys(label for p in history for label in p.laws):
        sizes = [p.laws.get(label, 0.0) for p in history]
        _curve(panel, places, sizes, linewidth=1, label=f"rms {label}", **style)
    losses = [p.loss for p in history]
    _curve(panel, places, losses, color="black", linewidth=1.6, label="loss", **style)
    errors = [p.rel_l2 or 0.0 for p in history]
    _curve(
        panel, places, errors, color=_ERROR, linestyle="none" if few else "--",
        marker="." if sum(map(bool, errors)) <= _MOST_MARKERS else "", markersize=4,
        linewidth=1, label="relative L2 error",
    )  # fmt: skip
    _mark_end_of_starts(panel, history, places)
    panel.grid(True, axis="y")
    panel.margins(x=0.02)


def _curve(panel: Any, places: Sequence[float], values: Sequence[float], **how: Any) -> None:
    """A curve through the values that a logarithmic scale can show."""
    pairs = [(x, value) for x, value in zip(places, values, strict=True) if value > 0]
    if pairs:
        panel.plot(*zip(*pairs, strict=True), **how)


def _mark_end_of_starts(panel: Any, history: Sequence[Progress], places: Sequence[float]) -> None:
    """A thin line where several short starts end and the best of them goes on alone."""
    for x, progress in zip(places, history, strict=True):
        if progress.note.startswith("continue with"):
            panel.axvline(x, color="#888888", linewidth=0.8, zorder=0, label="end of the starts")
            return
