"""The pictures of a network's analysis, and writing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from pdedsl.analysis.network.green import equations
from pdedsl.conditioning.networks.gradients import gradient_histograms
from pdedsl.conditioning.networks.green import greens_function
from pdedsl.conditioning.networks.spectra import spectrum_histograms
from pdedsl.conditioning.networks.tangent import residual_metric
from pdedsl.runs import RunFolder

from .spectra import drift_figure, gradient_figure, hessian_figure, spectrum_figure
from .style import save, style
from .tangent import green_figure, green_sources, green_sources_figure, kernel_figure, plane_points
from .view import axes_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

    from pdedsl.analysis.network.report import NetworkReport

_CUTOFF = 1e-6  # directions below it are noise, which the inverse of the metric would blow up
_LINE = 161


def draw(report: NetworkReport, folder: Path) -> tuple[Path, ...]:
    """Write what suits the problem.

    ``kernels_start`` and ``kernels_end``: the tangent kernel of the first component and the
    natural one; ``green``: the Green's function of the last state, for one scalar equation with
    one or two inputs; ``spectra``: JᵀJ at both ends; ``models``: of other networks; ``gradients``
    by layer and law at both ends; ``hessian`` and ``drift`` along the training.

    Args:
        report: by `pdedsl.analyze_network`.
        folder: made, or taken when it is empty.

    Raises:
        FolderTakenError: it holds something.
        OSError: it cannot be written to.
    """
    place = RunFolder.exactly(folder).path
    with style():
        figures = {place / f"{name}.png": made for name, made in _figures(report).items()}
        for path, made in figures.items():
            save(made, path)
    return tuple(figures)


def _figures(report: NetworkReport) -> dict[str, Figure]:
    system = report.system
    ends = (report.states[0], report.states[-1])
    first, last = (state.theta.to(system.device, torch.float64) for state in ends)
    made = {"kernels_start": _kernels(report, first), "kernels_end": _kernels(report, last)}
    if not report.no_green:
        made["green"] = _green(report, last)
    made["spectra"] = spectrum_figure(
        spectrum_histograms({"start": report.start.spectrum, "end": report.end.spectrum})
    )
    others = {c.name: c.tangent.spectrum for c in report.comparison if c.tangent is not None}
    if others:
        made["models"] = spectrum_figure(spectrum_histograms(others))
    made["gradients_start"] = gradient_figure(gradient_histograms(system, first))
    made["gradients_end"] = gradient_figure(gradient_histograms(system, last))
    made["hessian"] = hessian_figure(report.iterations, report.curvature)
    made["drift"] = drift_figure(report.iterations, report.drift)
    return made


def _kernels(report: NetworkReport, theta: Tensor) -> Figure:
    return kernel_figure(report.system, theta, residual_metric(report.system, theta, _CUTOFF))


def _green(report: NetworkReport, theta: Tensor) -> Figure:
    system = report.system
    axes = axes_of(system.problem)
    (law,) = equations(system.problem)
    if len(axes) == 1:
        x = axes[0].values(_LINE)[:, None]
        g = greens_function(system, theta, law.label, x, x, cutoff=_CUTOFF)
        return green_figure(axes[0], g[0, :, 0], title=f"Green's function of {law.label}")
    sources = green_sources(axes)
    points = plane_points(axes)
    g = greens_function(system, theta, law.label, points, sources, cutoff=_CUTOFF)
    return green_sources_figure(axes, g[0, :, 0].T, sources)
