"""Spectra, gradients by layer, Hessians and drift of the tangent kernel as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import CYCLE, figure, style
from .view import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.analysis.network.report import Curvature
    from pdedsl.conditioning.networks.drift import Drift
    from pdedsl.conditioning.networks.histograms import Histogram

_DECADES = 16
_COLUMNS = 3
_MANY = 50
_GREY = "#888888"


def spectrum_figure(histograms: Mapping[str, Histogram]) -> Figure:
    """Histograms of log₁₀ of eigenvalues of several models, one over another.

    The scale ends 16 decades below the largest; the eigenvalues further down are counted in the
    legend.

    Args:
        histograms: name of the model to `spectrum_histograms`' counts.
    """
    from matplotlib.ticker import MaxNLocator

    with style():
        made = figure(6.4, 3.4)
        panel = made.subplots()
        panel.set_xscale("log")
        floor = max((_highest(h) for h in histograms.values()), default=0.0) - _DECADES
        for number, (name, found) in enumerate(histograms.items()):
            colour = CYCLE[number % len(CYCLE)]
            shown = found.edges[:-1] >= floor
            hidden = found.below + int(found.counts[~shown].sum())
            label = f"{name}, {hidden} below $10^{{{floor:.0f}}}$" if hidden else name
            edges = 10.0 ** np.append(found.edges[:-1][shown], found.edges[-1])
            counts = found.counts[shown]
            panel.stairs(counts, edges, color=colour, linewidth=1.4, label=label)
            panel.stairs(counts, edges, fill=True, color=colour, alpha=0.15)
        panel.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        panel.set(xlabel="eigenvalue", ylabel="number of eigenvalues")
        panel.set_ylim(bottom=0)
        panel.margins(x=0.02)
        panel.grid(True, axis="y")
        panel.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return made


def gradient_figure(histograms: Mapping[str, Mapping[str, Histogram]]) -> Figure:
    """The entries of the gradient: one panel for each part of θ, one curve for each law.

    Args:
        histograms: part to label to counts, as `gradient_histograms` gives them.
    """
    columns = 2 if len(histograms) == 4 else min(_COLUMNS, len(histograms))
    rows = -(-len(histograms) // columns)
    with style():
        made = figure(2.9 * columns + 1.0, 2.5 * rows)
        panels = made.subplots(rows, columns, squeeze=False).ravel()
        for panel in panels[len(histograms) :]:
            panel.set_axis_off()
        for panel, (part, laws) in zip(panels, histograms.items(), strict=False):
            for number, (label, found) in enumerate(laws.items()):
                share = found.counts / max(found.counts.sum(), 1.0)
                panel.stairs(
                    share, found.edges, baseline=None, label=label, linewidth=1.2,
                    color=CYCLE[number % len(CYCLE)],
                )  # fmt: skip
            panel.set_yscale("log")
            fewest = min(1 / max(found.counts.sum(), 1.0) for found in laws.values())
            panel.set_ylim(10.0 ** np.floor(np.log10(fewest)), 1.0)
            panel.set_title(part)
            panel.grid(True, axis="y")
        for place, panel in enumerate(panels[: len(histograms)]):
            if place % columns == 0:
                panel.set_ylabel("share of the entries")
            if place + columns >= len(histograms):
                panel.set_xlabel("entry of the gradient")
        panels[columns - 1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return made


def hessian_figure(iterations: Sequence[int], found: Sequence[Curvature]) -> Figure:
    """The ends of the Hessian's spectrum during a training, on a logarithmic scale.

    Args:
        iterations: of the states.
        found: eigenvalues at each state.
    """
    smallest = [np.nan if c.smallest is None else -c.smallest for c in found]
    with style():
        made = figure(6.0, 3.4)
        panel = made.subplots()
        panel.set_yscale("log")
        _positive(
            panel, iterations, np.array([c.largest for c in found]), label="largest", color=CYCLE[0]
        )
        options = {"color": _GREY, "linestyle": "--", "linewidth": 1.0}
        _positive(panel, iterations, np.array(smallest), label="smallest, sign changed", **options)
        panel.set(xlabel="iteration", ylabel="eigenvalue of the Hessian")
        over_iterations(panel, iterations)
        panel.grid(True, axis="y")
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def drift_figure(iterations: Sequence[int], found: Drift) -> Figure:
    """How far the kernel has moved, and its leading eigenvalues, during a training."""
    with style():
        made = figure(8.0, 3.2)
        left, right = made.subplots(1, 2)
        left.plot(iterations, found.kernel, color=CYCLE[0], marker=".")
        left.set(xlabel="iteration", title="relative change of the tangent kernel")
        left.set_ylim(bottom=0)
        right.set_yscale("log")
        for k, values in enumerate(found.eigenvalues.T):
            _positive(right, iterations, values, color=CYCLE[k % len(CYCLE)], label=f"{k + 1}")
        right.set(xlabel="iteration", title="leading eigenvalues")
        right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        for panel in (left, right):
            over_iterations(panel, iterations)
            panel.grid(True, axis="y")
    return made


def over_iterations(panel: Any, iterations: Sequence[int]) -> None:
    """The horizontal axis; by decades after the first iteration where there are many."""
    panel.margins(x=0.02)
    if iterations[-1] >= _MANY:
        panel.set_xscale("symlog", linthresh=1.0)


def _highest(found: Histogram) -> float:
    """The upper end of the last cell that holds a number."""
    held = np.flatnonzero(found.counts)
    return float(found.edges[held[-1] + 1]) if held.size else -np.inf


def _positive(panel: Any, places: Sequence[int], values: Array, **options: Any) -> None:
    """A curve on a logarithmic scale, with gaps where the values are not positive."""
    shown = values > 0
    if np.any(shown):
        panel.plot(places, np.where(shown, values, np.nan), marker=".", **options)
