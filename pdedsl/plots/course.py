"""The pictures of a training that was watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.analysis.network.report import Curvature

from .spectra import gradient_figure, hessian_figure, over_iterations
from .style import CYCLE, ERRORS, bar, error_norm, figure, safe, style, tex

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution.watching import Bands, Moment

    from .view import Array

_MOST_AXES = 4
_HELD = 0.03  # part of the largest size, from which on a wave number counts as held
_FEWEST = 12  # wave numbers that are shown in any case
_DEEPEST = 1e-5  # of the larger of first and last sizes, where the axis of the curves ends at least
_START = "#888888"


def course_figures(moments: Sequence[Moment]) -> dict[str, Figure]:
    """What was measured, as pictures.

    ``gradients_start`` and ``gradients_end`` by part of θ and law; ``hessian``: its largest
    eigenvalue; ``tangent``: κ and rank of JᵀJ, drift of the tangent kernel; for each component or
    law ``frequencies_<name>``: the error or residual by wave number and iteration.
    """
    made = {}
    gradients = [m.gradients for m in moments if m.gradients]
    if gradients:
        made["gradients_start"] = gradient_figure(gradients[0])
        made["gradients_end"] = gradient_figure(gradients[-1])
    bent = [(m.iteration, m.hessian) for m in moments if m.hessian]
    if bent:
        ends = [Curvature(h.largest, h.smallest, 0.0) for _, h in bent]
        made["hessian"] = hessian_figure([i for i, _ in bent], ends)
    if any(m.tangent for m in moments):
        made["tangent"] = _tangent_figure(moments)
    last = next((m.bands for m in reversed(moments) if m.bands), ())
    for name in dict.fromkeys(band.name for band in last):
        shown = [band for band in last if band.name == name][:_MOST_AXES]
        made[f"frequencies_{safe(name)}"] = _frequency_figure(moments, shown)
    return made


def _tangent_figure(moments: Sequence[Moment]) -> Figure:
    """κ of JᵀJ with its rank, and the drift of the kernel of the fields."""
    found = [(m.iteration, m.tangent) for m in moments if m.tangent]
    iterations = [iteration for iteration, _ in found]
    with style():
        made = figure(9.0, 3.2)
        panels = made.subplots(1, 3)
        kappa, rank, drift = panels
        kappa.plot(iterations, [t.kappa for _, t in found], color=CYCLE[0], marker=".")
        kappa.set_yscale("log")
        kappa.set_title(r"$\kappa$ of $J^TJ$")
        rank.plot(iterations, [t.rank for _, t in found], color=CYCLE[1], marker=".")
        rank.set_title(r"numerical rank of $J$")
        rank.yaxis.get_major_locator().set_params(integer=True)
        drift.plot(iterations, [t.drift for _, t in found], color=CYCLE[2], marker=".")
        drift.set_title("change of the tangent kernel")
        drift.set_ylim(bottom=0)
        for panel in panels:
            panel.set_xlabel("iteration")
            over_iterations(panel, iterations)
            panel.grid(True, axis="y")
    return made


def _frequency_figure(moments: Sequence[Moment], shown: Sequence[Bands]) -> Figure:
    """A map of sizes over iteration and wave number for each axis, and their first and last."""
    rows = [(axis, *_course(moments, axis)) for axis in shown]
    with style():
        made = figure(8.0, 2.7 * len(rows) + 0.4)
        panels = made.subplots(len(rows), 2, squeeze=False, sharey="row", width_ratios=(1.5, 1.0))
        for (axis, iterations, sizes), (left, right) in zip(rows, panels, strict=True):
            unit = _unit(axis, sizes)
            number = _wave_numbers_shown(axis, sizes)
            at = axis.wave_numbers[:number]
            _map(made, left, iterations, at, sizes[:, :number] / unit)
            left.set_ylabel(rf"wave number in {tex(axis.axis)}")
            right.set_xscale("log")
            _curves(right, axis, sizes[[0, -1], :number] / unit, unit)
            right.grid(True, axis="x")
        panels[0, 1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        panels[-1, 0].set_xlabel("iteration")
        panels[-1, 1].set_xlabel("size")
        made.suptitle(_title(shown[0]), fontsize=10)
    return made


def _title(band: Bands) -> str:
    if band.of == "error":
        return f"error of {tex(band.name)} by wave number, relative to the size of the solution"
    return f"residual of {band.name} by wave number, relative to the first"


def _course(moments: Sequence[Moment], like: Bands) -> tuple[list[int], Array]:
    """Iterations, and sizes of shape (moments, bands); those on other wave numbers are left out."""
    found = {
        m.iteration: band.sizes
        for m in moments
        for band in m.bands or ()
        if (band.name, band.axis, band.family) == (like.name, like.axis, like.family)
        and np.array_equal(band.wave_numbers, like.wave_numbers)
    }
    return list(found), np.array(list(found.values()))


def _unit(axis: Bands, sizes: Array) -> float:
    """The size of the solution, or of the first residual."""
    own = sizes[0] if axis.known is None or not np.any(axis.known) else axis.known
    return float(np.linalg.norm(own)) or 1.0


def _wave_numbers_shown(axis: Bands, sizes: Array) -> int:
    """How many wave numbers are shown from the lowest on: half as many more as hold something.

    What is held is that of the solution, or of the first residual.
    """
    own = sizes[0] if axis.known is None or not np.any(axis.known) else axis.known
    highest = int(np.flatnonzero(own >= _HELD * own.max())[-1]) + 1
    return min(len(axis.wave_numbers), max(_FEWEST, 3 * highest // 2))


def _curves(panel: Any, axis: Bands, ends: Array, unit: float) -> None:
    """The first and last sizes, shape (2, bands), and those of the solution."""
    at = axis.wave_numbers[: ends.shape[1]]
    panel.set_xscale("log")
    for sizes, colour, label in zip(ends, (_START, CYCLE[0]), ("start", "end"), strict=True):
        shown = np.where(sizes > 0, sizes, np.nan)
        panel.plot(shown, at, ".", color=colour, markersize=6, label=label)
    top = float(ends.max(initial=0.0)) or 1.0
    if axis.known is not None:
        known = axis.known[: len(at)] / unit
        top = max(top, float(known.max()))
        known = np.where(known >= _HELD * known.max(), known, np.nan)
        panel.plot(known, at, "o", markersize=6, color="black", fillstyle="none", label="solution")
    low = float(ends[ends > 0].min(initial=top))
    panel.set_xlim(max(low, _DEEPEST * top) / 2, 3 * top)


def _map(made: Figure, panel: Any, iterations: list[int], at: Array, sizes: Array) -> None:
    step = at[1] - at[0]
    across = np.array(iterations, dtype=np.float64)
    middles = np.sqrt((across[1:] + 1) * (across[:-1] + 1)) - 1
    edges = np.concatenate([across[:1] - (len(across) == 1), middles, across[-1:] + 1e-3])
    up = np.append(at, at[-1] + step) - step / 2
    floor = np.maximum(sizes.T, 1e-300)
    mesh = panel.pcolormesh(edges, up, floor, cmap=ERRORS, norm=error_norm(sizes))
    over_iterations(panel, iterations)
    panel.margins(x=0.0)
    bar(made, mesh)
