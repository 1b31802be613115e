"""Residuals of the laws inside the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Interior, Law

from .maps import magnitude_figure
from .view import Array, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def residual_figure(view: View) -> Figure | None:
    """Magnitude of each interior law's residual; None where that cannot be drawn.

    Laws with integrals, or with fields and data at other points, have no map and are left out.
    """
    laws = [law for law in view.solution.problem.laws if _is_local(law, view)]
    if not laws:
        return None
    homes = {label: _domain(law) for law in laws for label in law.row_labels}
    return magnitude_figure(
        view, lambda points: _residuals(view, laws, points), "|residual|", homes
    )


def _is_local(law: Law, view: View) -> bool:
    if not isinstance(law.place, Interior):
        return False
    own = set(view.solution.problem.components)
    return all(
        not r.has(DomainIntegral, sp.Subs) and r.atoms(AppliedUndef) <= own for r in law.residuals
    )


def _domain(law: Law) -> str | None:
    return law.place.domain if isinstance(law.place, Interior) else None


def _residuals(view: View, laws: list[Law], points: Array) -> dict[str, Array]:
    rows: dict[str, Array] = {}
    for law in laws:
        rows |= zip(law.row_labels, view.solution.residual(law.label, points), strict=True)
    return rows
