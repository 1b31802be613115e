"""Networks with and without Fourier features, before any training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pdedsl.diagnostics import UserError
from pdedsl.solution.planning import Plan

from .measures import tangent
from .report import ComparedModel
from .system import fewer, kept_share, system_like

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

Model = Mapping[str, Any]

_LAYERS = ("width", "depth", "activation", "init", "scale", "hard")
_USUAL: dict[str, Any] = {"width": 20, "depth": 3, "activation": "tanh"}


def compare_models(chosen: Plan, system: ResidualSystem) -> tuple[ComparedModel, ...]:
    """Spectra of three networks with the layers of the method, on the same points.

    Args:
        chosen: gives layers, weights and sampling; a method without layers gets three of
            twenty neurons.
        system: gives the numbers of points; fewer where a Jacobian would be too large.
    """
    own = chosen.method.model.model_dump(exclude_none=True)
    layers = {k: own[k] for k in _LAYERS if k in own} if "width" in own else _USUAL
    lattice = {k: own[k] for k in ("modes", "index", "extension") if own["kind"] == "fourier"}
    fourier = {"kind": "fourier"} | layers | lattice
    models: dict[str, Model] = {
        "network": {"kind": "mlp"} | layers,
        "Fourier features": fourier,
        "preconditioned Fourier features": fourier | {"preconditioner": "symbol"},
    }
    built = _try_to_build(chosen, models, fewer(system, 1.0))
    made = [s for s in built.values() if not isinstance(s, str)]
    share = min((kept_share(s.rows, s.parameters) for s in made), default=1.0)
    if share < 1:
        built = _try_to_build(chosen, models, fewer(system, share))
    return tuple(_one(name, models[name], found) for name, found in built.items())


def _one(name: str, model: Model, found: ResidualSystem | str) -> ComparedModel:
    if isinstance(found, str):
        return ComparedModel(name, model, None, found)
    return ComparedModel(name, model, tangent(found, found.theta0), rows=found.rows)


def _try_to_build(
    chosen: Plan, models: Mapping[str, Model], points: Mapping[str, int]
) -> dict[str, ResidualSystem | str]:
    """Each model's system, or the reason why there is none."""
    out: dict[str, ResidualSystem | str] = {}
    for name, model in models.items():
        try:
            out[name] = system_like(chosen, model, points)
        except UserError as error:
            out[name] = error.diagnostics[0].message
        except ValueError as error:  # a lattice with too many wave vectors
            out[name] = str(error)
    return out
