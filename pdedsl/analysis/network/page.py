"""The analysis of a network as one page of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pdedsl.analysis.page import paragraph
from pdedsl.analysis.rounding import number

from .measures import CUTOFFS
from .report import ComparedModel, Gradients, NetworkReport, Tangent
from .words import (
    curvature_words,
    drift_words,
    imbalance_words,
    is_rounded,
    loss_words,
    percent,
    power,
    slowness_words,
)

_NETWORKS = {
    "mlp": "network",
    "modified_mlp": "modified network",
    "residual_mlp": "residual network",
    "fourier": "Fourier features and network",
}
_RESIDUE = "what is left of the residual is rounding, whose direction says nothing"


def page(report: NetworkReport) -> str:
    """The report in plain text, some fifty lines."""
    parts = (_head, _coupled, _spectra, _hessian, _gradients, _drift, _comparison)
    return "\n\n".join(filter(None, ("\n".join(part(report)) for part in parts)))


def _head(report: NetworkReport) -> Iterator[str]:
    origin = report.origin
    yield str(origin["problem"])
    if origin["params"]:
        yield ", ".join(f"{name} = {value:.6g}" for name, value in origin["params"].items())
    yield f"Method {origin['method']}, seed {origin['seed']}: {_model(origin['settings']['model'])}"
    rows = ", ".join(f"{b.label} {b.rows.stop - b.rows.start:,}" for b in report.system.blocks)
    yield f"  {report.system.parameters:,} parameters, {report.system.rows:,} residuals ({rows})"
    yield from paragraph(f"training: {report.status}, {loss_words(report)}, {report.seconds:.1f} s")
    for note in report.notes:
        yield from paragraph(note)


def _coupled(report: NetworkReport) -> Iterator[str]:
    if report.coupled is not None:
        yield "Matrix of all parts, J with columns of unit length, at the end"
        yield from paragraph(report.coupled.words)


def _model(options: Mapping[str, Any]) -> str:
    if options["kind"] == "basis":
        family = options["family"]
        if family.startswith("random"):
            return f"{options['features']} {family.replace('_', ' ')} features"
        return f"{family} basis, K = {options['modes']}"
    if options["kind"] == "fbpinn":
        counts = " x ".join(map(str, options["counts"]))
        return f"{counts} windows, in each a {_model(options['piece'])}"
    layers = f"{options['depth']} x {options['width']} {options['activation']}"
    return f"{_NETWORKS[options['kind']]} {layers}"


def _spectra(report: NetworkReport) -> Iterator[str]:
    yield "Spectrum of JᵀJ, which sets the pace of gradient descent"
    cuts = (f">{cutoff:.0e}".replace("e-0", "e-") for cutoff in CUTOFFS)
    yield _columns("", "λ_max", "κ", "rank", *cuts, "entropy", "ratio")
    yield _row("start", report.start)
    yield _row(f"iteration {report.states[-1].iteration}", report.end)
    yield from paragraph(
        "(κ and rank from the singular values of J, κ = κ(J)², above rounding; numbers of "
        "eigenvalues above parts of λ_max; effective ranks by entropy and by participation ratio)"
    )
    yield from paragraph(f"start: {slowness_words(report.start)}")
    yield from paragraph(f"end: {_RESIDUE if is_rounded(report) else slowness_words(report.end)}")


def _row(name: str, found: Tangent) -> str:
    spectrum = found.spectrum
    return _columns(
        name, number(found.largest), number(spectrum.kappa), f"{spectrum.rank:,}",
        *(f"{n:,}" for n in found.counts.values()),
        f"{spectrum.effective_rank:.3g}", f"{found.participation:.3g}",
    )  # fmt: skip


def _columns(name: str, *cells: str, width: int = 16) -> str:
    return f"  {name:<{width}}" + "".join(f"{cell:>{max(8, len(cell) + 1)}}" for cell in cells)


def _hessian(report: NetworkReport) -> Iterator[str]:
    yield "Hessian of the loss and kernel along the training"
    yield "  iteration       loss   λ_max(∇²L)   2 λ_max(JᵀJ)   λ_min(∇²L)   change of kernel"
    rows = zip(report.states, report.curvature, report.drift.kernel, strict=True)
    for state, bent, moved in rows:
        low = "" if bent.smallest is None else number(bent.smallest)
        yield (
            f"  {state.iteration:>9} {number(state.loss):>10} {number(bent.largest):>12} "
            f"{number(bent.linearised):>14} {low:>12} {number(float(moved)):>18}"
        )
    yield from paragraph(curvature_words(report.curvature))


def _gradients(report: NetworkReport) -> Iterator[str]:
    weights = {b.label: b.weight for b in report.system.blocks}
    first, last = report.gradients
    yield "Gradient of the loss by law, mean |∂L| at the start, over each part of θ"
    yield from _gradient_table(first)
    yield from paragraph(f"start: {imbalance_words(first, weights)}")
    yield from paragraph(
        f"end: {_RESIDUE if is_rounded(report) else imbalance_words(last, weights)}"
    )
    if first.leveling:
        levels = ", ".join(f"{name} = {number(w)}" for name, w in first.leveling.items())
        used = ", ".join(f"{name} = {number(weights[name])}" for name in first.leveling)
        yield from paragraph(
            f"weights that would level them at the start, max |∂L_eq|/mean |∂L_bc|: {levels}; "
            f"those of the method: {used}"
        )


def _gradient_table(found: Gradients) -> Iterator[str]:
    width = max(12, *(len(part) for part in found.entries)) + 2
    yield f"  {'':<{width}}" + "".join(f"{label:>12}" for label in found.labels)
    for part, laws in found.entries.items():
        cells = "".join(f"{number(_mean(g)):>12}" for g in laws.values())
        yield f"  {part:<{width}}{cells}"
    largest = "".join(
        f"{number(float(np.abs(found.of_law(label)).max())):>12}" for label in found.labels
    )
    yield f"  {'largest |∂L|':<{width}}{largest}"


def _mean(entries: np.ndarray) -> float:
    return float(np.abs(entries).mean()) if entries.size else 0.0


def _drift(report: NetworkReport) -> Iterator[str]:
    yield "Drift of the tangent kernel JJᵀ (the theory of κ rests on its being small)"
    yield from paragraph(drift_words(float(report.drift.kernel.max())))


def _comparison(report: NetworkReport) -> Iterator[str]:
    yield "Networks at their start, on the same points"
    steps = tuple(power(n) for n in report.start.left)
    yield _columns("", "P", "rows", "λ_max", "κ", "entropy", *steps, width=31)
    for found in report.comparison:
        yield from _compared(found)
    yield from paragraph(f"(loss left after {', '.join(steps)} steps of gradient descent)")


def _compared(found: ComparedModel) -> Iterator[str]:
    if found.tangent is None:
        yield from paragraph(f"{found.name}: left out: {found.reason}")
        return
    own = found.tangent
    yield _columns(
        found.name, f"{own.parameters:,}", f"{found.rows:,}", number(own.largest),
        number(own.spectrum.kappa), f"{own.spectrum.effective_rank:.3g}",
        *(percent(part) for part in own.left.values()), width=31,
    )  # fmt: skip
