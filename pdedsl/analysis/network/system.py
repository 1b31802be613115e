"""The residual system on which a network is measured: double precision, points that stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pdedsl.solution.building import system_of
from pdedsl.solution.planning import Plan

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.models import GivenModel

MOST_ENTRIES = 200_000_000
"""Of a Jacobian: 1.6 GB in double precision."""

MOST_WORK = 3e9
"""Rows · parameters · the less of both: a decomposition then takes some three seconds."""

_FEWEST = 50  # points of a law that are left as they are


def measuring_system(chosen: Plan) -> tuple[ResidualSystem, tuple[str, ...]]:
    """The system of a method, with fewer points where its Jacobian would be too large.

    Args:
        chosen: gives model, points, weights and seed.

    Returns:
        The system on the CPU in double precision, and what is to be said of it.
    """
    model = chosen.method.model
    made = system_like(chosen, model, dict(chosen.method.sampling.points))
    notes = []
    share = kept_share(made.rows, made.parameters)
    if share < 1:
        before = made.rows
        made = system_like(chosen, model, fewer(made, share))
        notes.append(
            f"measured on {made.rows:,} rows, where the method has {before:,}: the Jacobian for "
            f"{made.parameters:,} parameters would take too long to decompose; at most "
            f"{min(made.rows, made.parameters):,} eigenvalues can be seen"
        )
    if made.exact_laws:
        notes.append(
            f"{', '.join(made.exact_laws)}: exact by the form of the network, and without rows"
        )
    if chosen.method.sampling.resample:
        notes.append(
            "the method draws fresh points while it trains; all states are measured on the first"
        )
    return made, tuple(notes)


def kept_share(rows: int, parameters: int) -> float:
    """The part of the rows that keeps the Jacobian within `MOST_ENTRIES` and `MOST_WORK`."""
    most = min(MOST_ENTRIES / parameters, MOST_WORK / parameters**2)
    if most < parameters:
        most = min(MOST_ENTRIES / parameters, (MOST_WORK / parameters) ** 0.5)
    return min(1.0, most / max(rows, 1))


def fewer(system: ResidualSystem, share: float) -> dict[str, int]:
    """Numbers of points by label: a part of those of a system, but never very few."""
    own = {block.label: len(block.points) for block in system.blocks}
    return {
        label: n if share >= 1 or n <= _FEWEST else max(_FEWEST, int(share * n))
        for label, n in own.items()
    }


def system_like(chosen: Plan, model: GivenModel, points: Mapping[str, int]) -> ResidualSystem:
    """The system of a plan with another model and other numbers of points.

    Raises:
        UserError: the model does not fit the problem (E803).
        ValueError: an option of the model is wrong.
    """
    method = chosen.method
    return system_of(
        chosen.lowered,
        model=model,
        points=points,
        sampling=method.sampling.kind,
        weights=method.weights,
        dtype="float64",
        device="cpu",
        seed=chosen.provenance.seed,
    )
