"""Residuals of the laws inside the domain, up to two inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Interior, Law

from .maps import orient, paint, panel_size
from .style import CYCLE, ERRORS, bar, error_norm, figure, tex, upright
from .view import Array, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_N_MAP, _N_LINE = 141, 801
_TINY = 1e-17
_MOST = 6


def residual_figure(view: View) -> Figure | None:
    """Magnitude of each interior law's residual; None where that cannot be drawn.

    Laws with integrals, or with fields and data at other points, have no map and are left out.
    """
    laws = [law for law in view.solution.problem.laws if _is_local(law, view)]
    if not laws or len(view.axes) > 2 or view.held:
        return None
    return _lines(view, laws) if len(view.axes) == 1 else _maps(view, laws)


def _is_local(law: Law, view: View) -> bool:
    if not isinstance(law.place, Interior):
        return False
    own = set(view.solution.problem.components)
    return all(
        not r.has(DomainIntegral, sp.Subs) and r.atoms(AppliedUndef) <= own for r in law.residuals
    )


def _lines(view: View, laws: list[Law]) -> Figure:
    axis = view.axes[0]
    x = axis.values(_N_LINE)
    made = figure(6.4, 3.2)
    panel = made.subplots()
    rows = _residuals(view, laws, view.points({axis.name: x}))
    for i, (label, values) in enumerate(rows.items()):
        magnitude = np.maximum(np.abs(values), _TINY)
        panel.semilogy(x, magnitude, color=CYCLE[i % len(CYCLE)], label=label, linewidth=1)
    panel.set(xlabel=tex(axis.name), ylabel="|residual|")
    panel.margins(x=0)
    panel.grid(True, axis="y")
    panel.legend()
    return made


def _maps(view: View, laws: list[Law]) -> Figure:
    across, up = orient(view.axes)
    mesh = np.meshgrid(across.values(_N_MAP), up.values(_N_MAP), indexing="ij")
    points = view.points({across.name: mesh[0], up.name: mesh[1]})
    rows = dict(list(_residuals(view, laws, points).items())[:_MOST])
    width, height = panel_size(across, up)
    columns = min(3, len(rows))
    lines = -(-len(rows) // columns)
    made = figure(columns * (width + 0.8) + 0.4, lines * (height + 0.6) + 0.2)
    panels = made.subplots(lines, columns, squeeze=False).ravel()
    for panel, (label, values) in zip(panels, rows.items(), strict=False):
        magnitude = np.abs(values).reshape(_N_MAP, _N_MAP)
        bar(
            made,
            paint(
                panel,
                across,
                up,
                np.maximum(magnitude, 1e-300),
                cmap=ERRORS,
                norm=error_norm(magnitude),
            ),
        )
        panel.set_title(f"|residual| of {label}")
        upright(panel, up.name)
    _hide(panels[len(rows) :])
    return made


def _residuals(view: View, laws: list[Law], points: Array) -> dict[str, Array]:
    rows: dict[str, Array] = {}
    for law in laws:
        values = view.solution.residual(law.label, points)
        for i, value in enumerate(values, start=1):
            rows[f"{law.label}[{i}]" if len(values) > 1 else law.label] = value
    return rows


def _hide(panels: Any) -> None:
    for panel in panels:
        panel.set_visible(False)
