"""The statement ``interface Gamma = A intersect B``."""

from __future__ import annotations

from pdedsl.diagnostics import Span, reject
from pdedsl.geometry import is_empty, region_of, side_by_side
from pdedsl.geometry.combinations import FloatCombination
from pdedsl.ir import Combination, Domain, Interface
from pdedsl.ir.text import region_text
from pdedsl.syntax import ast

from .draft import Draft


def interface(draft: Draft, node: ast.Interface) -> None:
    """``interface Gamma = A intersect B`` of two domains that lie side by side (else E407)."""
    match node.value:
        case ast.Chain(level="set", first=ast.Name() as a, rest=(("intersect", ast.Name() as b),)):
            pass
        case _:
            message = "an interface is where two domains meet"
            raise reject("E401", message, node.value.span, "write A intersect B")
    domains = draft.scope.role("a domain")
    for name in (a, b):
        if draft.scope.get(name.id) is None:
            raise draft.scope.unknown(name, among=list(domains))
        if name.id not in domains:
            role = draft.scope.entries[name.id].role
            raise reject("E204", f"{name.id} is {role}, not a domain", name.span)
    _check_side_by_side(draft, domains[a.id], domains[b.id], node.value.span)
    entry = Interface(node.name.id, a.id, b.id, node.name.span)
    draft.scope.declare(node.name, "an interface", entry)


def _check_side_by_side(draft: Draft, one: Domain, other: Domain, span: Span) -> None:
    """Refuse two domains in the same coordinates that have no boundary in common."""
    if one.coordinates != other.coordinates:
        return
    first, second = (region_of(domain.region, draft.number) for domain in (one, other))
    if side_by_side(first, second):
        return
    if not is_empty(FloatCombination("intersect", first, second)):
        message = f"{one.name} and {other.name} overlap; an interface is between sets side by side"
        raise reject("E407", message, span, _cut_apart(draft, one, other))
    message = f"this interface is empty: {one.name} and {other.name} have at most points in common"
    raise reject("E407", message, span)


def _cut_apart(draft: Draft, one: Domain, other: Domain) -> str | None:
    """How the second of two sets that overlap is declared beside the first, or the reverse."""
    for own, taken in ((other, one), (one, other)):
        left = Combination("minus", own.region, taken.region)
        if not is_empty(region_of(left, draft.number)):
            names = ", ".join(str(s) for s in own.coordinates)
            text = f"{region_text(own.region)} minus {region_text(taken.region)}"
            return f"write domain {own.name}: ({names}) in {text}"
    return None
