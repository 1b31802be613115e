"""What is said of the corners of a problem."""

from __future__ import annotations

from fractions import Fraction

from pdedsl.calculus.corners.plane_corners import PlaneCorner
from pdedsl.ir import Problem

from .branch_cuts import corner_cuts

_TOLD = 2.0  # powers from here on have second derivatives that are bounded, or nearly
_NAMED = 3  # corners that are named of many: a choice
_LARGEST = 60  # denominator of a power that is written as a fraction: a choice


def corner_notes(problem: Problem) -> tuple[str, ...]:
    """A sentence for the corners at which second derivatives are not bounded, by what u does there.

    Corners where it does the same are named together, the first few of many.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for corner, cut in corner_cuts(problem):
        power = next((p for p in corner.exponents(_TOLD) if p != round(p)), None)
        if not corner.jump and power is None:
            continue
        name = problem.components[corner.component].func
        what = f"{name} jumps" if corner.jump else f"{name} behaves like r^{_text(power or 0.0)}"
        added = "corner functions are added"
        if cut is None:
            added = "the outside is too thin there for corner functions"
        found.setdefault((what, added), []).append(_point(corner))
    return tuple(f"{what} at {_listed(at)}: {added}" for (what, added), at in found.items())


def _listed(points: list[str]) -> str:
    if len(points) <= _NAMED + 1:
        return " and ".join(filter(None, [", ".join(points[:-1]), points[-1]]))
    return f"{', '.join(points[:_NAMED])} and {len(points) - _NAMED} more corners"


def _point(corner: PlaneCorner) -> str:
    size = abs(corner.junction.point).max()
    parts = (0.0 if abs(v) <= 1e-12 * size else v for v in corner.junction.point.tolist())
    return f"({', '.join(f'{v:.6g}' for v in parts)})"


def _text(power: float) -> str:
    near = Fraction(power).limit_denominator(_LARGEST)
    if abs(float(near) - power) > 1e-9:
        return f"{power:.4g}"
    return f"({near})" if near.denominator > 1 else str(near)
