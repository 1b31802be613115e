"""The curves of an analysis: κ against λ, κ against K, the eigenvalues, κ against γ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import figure, style

if TYPE_CHECKING:
    from pdedsl.analysis import Report
    from pdedsl.analysis.report import Conditioning

_PLAIN, _BETTER = "#0072B2", "#D55E00"


def draw(report: Report, path: Path) -> Path:
    """Draw the four panels into a PNG.

    Args:
        report: by `pdedsl.analyze`.
        path: the file.

    Raises:
        ValueError: the report has no condition numbers; the text says why.
        FileExistsError: the file is there already, and nothing is overwritten.
        OSError: it cannot be written.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists already; nothing is overwritten")
    found = report.conditioning
    if found is None:
        raise ValueError(f"there is nothing to draw: {report.obstacle}")
    with style():
        made = figure(8.6, 6.2)
        made.suptitle(f"{report.problem}: {found.basis}, P = {found.functions}", fontsize=10)
        panels = made.subplots(2, 2)
        _against_weight(panels[0, 0], found)
        _against_size(panels[0, 1], found)
        _eigenvalues(panels[1, 0], found)
        _against_gamma(panels[1, 1], found)
        made.savefig(path, dpi=150)
    return path


def _against_weight(panel: Any, found: Conditioning) -> None:
    panel.loglog(*found.curve.T, color=_PLAIN, label="A")
    panel.loglog(*found.curve_preconditioned.T, color=_BETTER, label="PᵀAP")
    panel.plot(found.weight, found.kappa, "o", color=_PLAIN, ms=5)
    low, high = found.valley
    left, right = panel.get_xlim()
    panel.axvspan(max(low, left), min(high, right), color=_PLAIN, alpha=0.08, lw=0)
    panel.set_xlim(left, right)
    panel.set(title="Weight of the conditions", xlabel="λ", ylabel="κ")
    panel.legend()


def _against_size(panel: Any, found: Conditioning) -> None:
    modes = [size.modes for size in found.sizes]
    panel.loglog(
        modes, [s.at_one for s in found.sizes], "s--", color=_PLAIN, ms=4, label="A, λ = 1"
    )
    panel.loglog(modes, [s.kappa for s in found.sizes], "o-", color=_PLAIN, ms=4, label="A, best λ")
    better = [s.preconditioned for s in found.sizes]
    panel.loglog(modes, better, "o-", color=_BETTER, ms=4, label="PᵀAP, best γ and λ")
    panel.set_xticks(modes, [str(k) for k in modes])
    panel.minorticks_off()
    slope = f" (slope {found.growth:.2f})" if found.growth is not None else ""
    panel.set(title=f"Size of the basis{slope}", xlabel="K", ylabel="κ")
    panel.legend()


def _eigenvalues(panel: Any, found: Conditioning) -> None:
    from matplotlib.ticker import MaxNLocator

    rows = ((found.values, _PLAIN, "A"), (found.values_preconditioned, _BETTER, "PᵀAP"))
    for values, color, label in rows:
        kept = values[: found.rank] / values[0]
        panel.semilogy(np.arange(1, len(kept) + 1), kept, ".-", color=color, ms=4, label=label)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set(title="Eigenvalues", xlabel="number", ylabel="eigenvalue / largest")
    panel.legend()


def _against_gamma(panel: Any, found: Conditioning) -> None:
    gammas = [p.gamma for p in found.preconditioned]
    best = [_excess(p.kappa) for p in found.preconditioned]
    natural = [_excess(p.kappa_natural) for p in found.preconditioned]
    panel.loglog(gammas, natural, "s--", color=_BETTER, ms=4, label="λ = |Ω|/γ²")
    panel.loglog(gammas, best, "o-", color=_BETTER, ms=4, label="best λ")
    panel.set(title="Preconditioned, against γ", xlabel="γ", ylabel="κ − 1")
    panel.legend()


def _excess(kappa: float) -> float:
    """κ − 1, with a gap in the curve where that is a rounding error."""
    return kappa - 1 if kappa - 1 > 1e-12 else np.nan
