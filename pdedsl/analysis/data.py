"""The report as plain data, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .report import Conditioning, Report


def as_data(report: Report) -> dict[str, Any]:
    """One object; texts of several domains are joined by line breaks, numbers are not rounded."""
    found = report.conditioning
    operators = report.operators
    return {
        "problem": report.problem,
        "spec_sha256": report.spec_sha256,
        "params": report.params,
        "linear": report.linear,
        "linearised_at": report.state or None,
        "order": max((o.order for o in operators), default=0),
        "type": _one([o.type.kind for o in operators]),
        "operator": _one([o.operator for o in operators]),
        "adjoint": _one([o.adjoint for o in operators]),
        "dstard": _one([o.dstard for o in operators]),
        "symbol": _one([o.symbol for o in operators]),
        "domains": [_domain(o) for o in operators],
        "basis": _basis(found) if found else None,
        "kappa": _kappa(found) if found else None,
        "kappa_preconditioned": _preconditioned(found) if found else None,
        "gd_steps": asdict(report.steps) if report.steps else None,
        "obstacle": report.obstacle or None,
        "recommendation": asdict(report.advice),
        "verification": asdict(report.verification) if report.verification else None,
    }


def _one(texts: list[str]) -> str | None:
    return "\n".join(dict.fromkeys(texts)) or None


def _domain(operator: Any) -> dict[str, Any]:
    data = {k: v for k, v in vars(operator).items() if k != "type"}
    return data | {
        "type": operator.type.kind,
        "type_reason": operator.type.reason,
        "type_parts": [asdict(part) for part in operator.type.parts],
    }


def _basis(found: Conditioning) -> dict[str, Any]:
    return {
        "family": found.family,
        "modes": found.modes,
        "functions": found.functions,
        "text": found.basis,
        "method": found.method,
        "notes": list(found.notes),
        "skipped": dict(found.skipped),
    }


def _kappa(found: Conditioning) -> dict[str, Any]:
    return {
        "at": {"1": found.at_one},
        "best": {
            "lambda": found.weight,
            "kappa": found.kappa,
            "valley": list(found.valley),
            "weights": found.weights,
            "kappa_weights": found.kappa_weights,
            "weights_note": found.weights_note or None,
            "loss_weights": found.loss_weights,
        },
        "curve": found.curve.tolist(),
        "by_modes": {
            str(size.modes): {
                "functions": size.functions,
                "at": {"1": size.at_one},
                "best": {"lambda": size.weight, "kappa": size.kappa},
                "preconditioned": size.preconditioned,
            }
            for size in found.sizes
        },
        "growth": found.growth,
        "rank": found.rank,
        "effective_rank": found.effective_rank,
        "eigenvalues": found.values.tolist(),
    }


def _preconditioned(found: Conditioning) -> dict[str, Any]:
    best = found.best
    return {
        "gamma": best.gamma,
        "lambda": best.weight,
        "kappa": best.kappa,
        "by_gamma": {
            f"{p.gamma:g}": {
                "natural": {"lambda": p.natural, "kappa": p.kappa_natural},
                "best": {"lambda": p.weight, "kappa": p.kappa},
            }
            for p in found.preconditioned
        },
        "curve": found.curve_preconditioned.tolist(),
        "eigenvalues": found.values_preconditioned.tolist(),
    }
