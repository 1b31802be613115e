"""The options of functions around a point; see `polar_functions`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pdedsl.options.section import Count, Positive, Section, Tally

Number = Annotated[float, Field(strict=True)]
PlanePoint = tuple[Number, Number]
Frame = tuple[PlanePoint, PlanePoint]


class PolarTerm(Section):
    """One function; see `polar_functions`.

    Args:
        power: p.
        wave: q.
        log_z: j.
        log_r: l.
        part: the real part (``cos``) or the imaginary one (``sin``).
    """

    power: Number
    wave: Number = 0.0
    log_z: Tally = 0
    log_r: Tally = 0
    part: Literal["cos", "sin"] = "cos"


class Cloud(Section):
    """Points of their own that functions need where they are steep, r between two radii.

    Args:
        inner: the smallest r, in the unit of the coordinates.
        outer: the largest.
        count: number of points, those outside the set among them.
        spacing: ``log``: r is log-uniform; ``square``: r = inner + (outer − inner) s², s uniform.
    """

    inner: Positive
    outer: Positive
    count: Count
    spacing: Literal["log", "square"] = "log"


class PolarColumns(Section):
    """Functions around one point, to be added to a basis.

    Args:
        centre: c.
        scale: s, such as the radius of a hole; it has the unit of the coordinates.
        cut: κ in radians.
        end: e, the other end of a cut that goes from c no further; None for a ray.
        frame: F, row by row: a rotation, so that angles begin at an edge, or the map that makes an
            anisotropic operator the Laplacian. The angle κ is one after the map.
        terms: the functions.
        degree: of polynomials in the other inputs, in all products with the terms.
        cloud: points around c at which equations hold, too.
        domain: the domain whose fields have them; empty for all.
        plane: the places of the two coordinates of the plane among the inputs of a field.
    """

    centre: PlanePoint
    scale: Positive = 1.0
    cut: Number = 0.0
    end: PlanePoint | None = None
    frame: Frame = ((1.0, 0.0), (0.0, 1.0))
    terms: tuple[PolarTerm, ...]
    degree: Tally = 0
    cloud: Cloud | None = None
    domain: str = ""
    plane: tuple[Tally, Tally] = (0, 1)
