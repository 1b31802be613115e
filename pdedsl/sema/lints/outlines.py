"""Parts of a domain's boundary, each with a name, sample points and outward normals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from pdedsl.geometry import BoundaryPiece, domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Box, Domain, Problem, Region
from pdedsl.ir.text import region_text

UNNAMED = "the boundary of "
"""Begin of the name of a part whose set, of several, has none: its text follows."""


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of ∂Ω.

    Args:
        name: as the user would write it, such as ``x = 1`` or ``boundary(H)``.
        points: shape (n, d), away from the ends of the piece.
        normals: outward unit normals of the domain, shape (n, d).
        face: index of the axis and side (-1 or 1) for a side of a box domain.
    """

    domain: Domain
    name: str
    points: Array
    normals: Array
    face: tuple[int, int] | None = None


@lru_cache(maxsize=8)
def parts(problem: Problem, domain: Domain, count: int = 48) -> tuple[Part, ...]:
    """The pieces of the boundary of a domain, with about ``count`` points on each."""
    region = domain_region(problem, domain)
    names: dict[BoundaryPiece, str] = {}
    pairs = zip(domain.region.primitives(), region.primitives(), strict=True)
    for symbolic, primitive in pairs:
        names |= {p: _name(problem, domain, symbolic, p) for p in primitive.pieces}
    return tuple(
        Part(domain, names[b.piece], b.points, b.normals, b.piece.face if domain.is_box else None)
        for b in region.boundary(count)
    )


def _name(problem: Problem, domain: Domain, region: Region, piece: BoundaryPiece) -> str:
    # A box that is turned by an angle of 0 has sides, too, but no coordinates of theirs.
    if piece.face and isinstance(region, Box):
        axis, side = piece.face
        face = replace(domain, region=region).faces[2 * axis + (side > 0)]
        return f"{face.axis} = {str(face.value).replace('**', '^')}"
    named = next((f"boundary({n})" for n, r in problem.regions if r == region), None)
    return piece.label or named or _unnamed(domain, region)


def _unnamed(domain: Domain, region: Region) -> str:
    return "boundary" if region == domain.region else UNNAMED + region_text(region)
