"""The two domains on which a coefficient that jumps along a curve is smooth, as they are typed."""

from __future__ import annotations

import sympy as sp

from pdedsl.ir import Domain, Problem
from pdedsl.ir.text import expression_text, region_text

from .unseen_fluxes import UnseenFlux, split_text

_WEAK = "use --with form.kind=weak"


def uncut_text(problem: Problem, found: UnseenFlux) -> str:
    """What to write where a flux jumps along a curve, at which no box can be cut.

    With the domains on both sides where the curve is a straight line, an ellipse or a circle.
    """
    if found.uncut and not found.gap.free_symbols - {found.axis}:
        x = found.axis
        return (
            f"write it by cases such as if({x} < c, 1, 2), or the mean of it where there are many"
        )
    plane = [d for d in problem.domains if len(d.coordinates) == 2]
    if len(problem.domains) == len(plane) == 1:
        side = _side(plane[0].coordinates, sp.expand(problem.substitute(found.gap)))
        if side is not None:
            return f"{_domains(plane[0], side)}, or {_WEAK}"
    return f"write a domain on either side and an interface, or {_WEAK}"


def unseen_mend(problem: Problem, found: UnseenFlux) -> str:
    """What sees it, as it is typed, where the method does not cut the domain by itself."""
    if found.uncut:
        return uncut_text(problem, found)
    return f"{_WEAK}, or cut the domain: --with domain.split={split_text([found])}"


def _domains(domain: Domain, side: str) -> str:
    names, own = ", ".join(map(str, domain.coordinates)), region_text(domain.region)
    return (
        f"write domain A: ({names}) in {own} intersect {side}, domain B: ({names}) in {own} minus "
        f"{side} and interface Gamma = A intersect B, with an unknown in each and the value and "
        "the flux on Gamma"
    )


def _side(coordinates: tuple[sp.Symbol, ...], gap: sp.Expr) -> str | None:
    """The set in which a polynomial in x and y is below 0, or above it, where that has a name."""
    x, y = coordinates
    if not gap.is_polynomial(x, y) or gap.free_symbols - {x, y}:
        return None
    polynomial = sp.Poly(gap, x, y)
    a, b, mixed = (polynomial.coeff_monomial(m) for m in (x**2, y**2, x * y))
    p, q, constant = (polynomial.coeff_monomial(m) for m in (x, y, 1))
    degree = polynomial.total_degree()
    if degree == 1:
        # The point of the line that is nearest to the origin.
        square = p**2 + q**2
        point = _pair(-constant * p / square, -constant * q / square)
        return f"halfplane(point = {point}, normal = {_pair(p, q)})"
    if degree != 2 or mixed != 0 or not a * b > 0:
        return None
    # a (x − x0)² + b (y − y0)² = level
    center = -p / (2 * a), -q / (2 * b)
    level = a * center[0] ** 2 + b * center[1] ** 2 - constant
    if not level / a > 0:
        return None
    radii = sp.sqrt(level / a), sp.sqrt(level / b)
    if a == b:
        return f"disk(center = {_pair(*center)}, radius = {expression_text(radii[0])})"
    return f"ellipse(center = {_pair(*center)}, radii = {_pair(*radii)})"


def _pair(first: sp.Expr, second: sp.Expr) -> str:
    return f"({expression_text(first)}, {expression_text(second)})"
