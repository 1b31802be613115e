"""The analysis of a network as plain data, for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from .report import ComparedModel, Gradients, NetworkReport, Tangent
from .words import drift_verdict, drift_words


def as_data(report: NetworkReport) -> dict[str, Any]:
    """One object; numbers are not rounded."""
    first, last = report.gradients
    moved = float(report.drift.kernel.max())
    return report.origin | {
        "parameters": report.system.parameters,
        "rows": {
            "total": report.system.rows,
            "by_law": {b.label: b.rows.stop - b.rows.start for b in report.system.blocks},
        },
        "weights": {b.label: b.weight for b in report.system.blocks},
        "notes": list(report.notes),
        "training": {
            "status": report.status,
            "reason": report.reason,
            "iterations": report.states[-1].iteration,
            "seconds": report.seconds,
            "loss_first": report.states[0].loss,
            "loss_last": report.states[-1].loss,
        },
        "states": [{"iteration": s.iteration, "loss": s.loss} for s in report.states],
        "coupled": None if report.coupled is None else vars(report.coupled),
        "spectrum": {"start": _tangent(report.start), "end": _tangent(report.end)},
        "hessian": [
            {"iteration": s.iteration, **vars(c)}
            for s, c in zip(report.states, report.curvature, strict=True)
        ],
        "gradients": {"start": _gradients(first), "end": _gradients(last)},
        "drift": {
            "iterations": list(report.iterations),
            "kernel": report.drift.kernel.tolist(),
            "eigenvalues": report.drift.eigenvalues.tolist(),
            "verdict": drift_verdict(moved),
            "text": drift_words(moved),
        },
        "comparison": {c.name: _compared(c) for c in report.comparison},
    }


def _tangent(found: Tangent) -> dict[str, Any]:
    return {
        "largest": found.largest,
        "kappa": found.spectrum.kappa,
        "rank": found.spectrum.rank,
        "above": {f"{cutoff:.0e}": n for cutoff, n in found.counts.items()},
        "effective_rank": found.spectrum.effective_rank,
        "participation_ratio": found.participation,
        "decades": found.decades,
        "loss_left": {str(n): part for n, part in found.left.items()},
        "eigenvalues": found.spectrum.values.tolist(),
    }


def _gradients(found: Gradients) -> dict[str, Any]:
    return {
        "by_law": {label: _sizes(found.of_law(label)) for label in found.labels},
        "by_part": {
            part: {label: _sizes(g) for label, g in laws.items()}
            for part, laws in found.entries.items()
        },
        "leveling_weights": found.leveling,
    }


def _sizes(entries: np.ndarray) -> dict[str, float]:
    size = np.abs(entries)
    return {
        "mean": float(size.mean()) if size.size else 0.0,
        "max": float(size.max(initial=0.0)),
        "norm": float(np.linalg.norm(entries)),
    }


def _compared(found: ComparedModel) -> dict[str, Any]:
    own = found.tangent
    return {
        "model": dict(found.model),
        "parameters": own.parameters if own else None,
        "rows": found.rows,
        "spectrum": _tangent(own) if own else None,
        "left_out": found.reason or None,
    }
