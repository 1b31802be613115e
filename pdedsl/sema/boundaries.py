"""Parts of a domain's boundary: ``boundary``, ``boundary(D)``, ``minus Gamma``, faces."""

from __future__ import annotations

import sympy as sp

from pdedsl.diagnostics import did_you_mean, reject
from pdedsl.ir import Boundary, Domain, Face
from pdedsl.ir.text import expression_text
from pdedsl.syntax import ast

from .draft import Draft

_SIDES = {
    "left": (0, 0), "right": (0, 1), "west": (0, 0), "east": (0, 1),
    "bottom": (-1, 0), "top": (-1, 1), "south": (-1, 0), "north": (-1, 1),
}  # fmt: skip
"""Words for sides of boxes: which coordinate, and which end of it."""


def face(draft: Draft, domain: Domain, axis: sp.Symbol, value: sp.Expr, locus: ast.Locus) -> Face:
    """The side of a box where ``axis`` has the value (E403 where that is no side)."""
    if axis not in domain.coordinates:
        raise reject("E403", f"{axis} is no coordinate of {domain.name}", locus.span)
    low, high = (draft.number(end) for end in domain.intervals[axis])
    number = draft.number(value)
    for side, end in ((-1, low), (1, high)):
        if abs(number - end) <= 1e-9 * (high - low):
            return Face(axis, side, value)
    message = f"{axis} = {number:g} is not on the boundary: {axis} runs from {low:g} to {high:g}"
    mend = f"write at {axis} = {number:g}" if low < number < high else None
    raise reject("E403", message, locus.span, mend)


def boundary_place(
    draft: Draft, domain: Domain, node: ast.Expr, where: sp.Basic | None
) -> Boundary:
    """``boundary``, ``boundary(D)`` or ``boundary(A) minus Gamma`` of a domain."""
    minus: tuple[str, ...] = ()
    if isinstance(node, ast.Chain) and node.level == "set":
        minus = tuple(_interface_name(draft, op, term) for op, term in node.rest)
        node = node.first
    of = _region_name(draft, domain, node)
    if not domain.is_box or of is not None:
        return Boundary(domain.name, (), of, minus, where)
    return Boundary(domain.name, domain.faces, None, minus, where)


def _side(domain: Domain, word: str) -> str:
    """``write x = 0`` for ``left``; what a place can be for any other word."""
    if not domain.is_box:
        return "write boundary, or boundary(D) of a region D"
    index, end = _SIDES.get(word.lower(), (0, None))
    if len(domain.coordinates) == 1 and index:
        end = None
    axis = domain.coordinates[index]
    side = f"{axis} = {expression_text(domain.intervals[axis][end or 0])}"
    return f"write boundary, or a side such as {side}" if end is None else f"write {side}"


def _interface_name(draft: Draft, op: str, node: ast.Expr) -> str:
    known = draft.scope.role("an interface")
    mend = f"write minus {min(known)}" if known else "take a part of it with where"
    if isinstance(node, ast.Name):
        draft.scope.get(node.id)  # silent where its declaration failed
        if op == "minus" and node.id in known:
            return node.id
        mend = did_you_mean(node.id, known) or mend
    raise reject("E404", "only an interface can be left out of a boundary", node.span, mend)


def _region_name(draft: Draft, domain: Domain, node: ast.Expr) -> str | None:
    """The region whose boundary is meant; None for that of the domain itself."""
    match node:
        case ast.Name(id="boundary"):
            return None
        case ast.Call(function=ast.Name(id="boundary"), arguments=(ast.Name(id=name) as at,)):
            entry = draft.scope.get(name)
            if entry is None:
                sets = draft.scope.role("a region", "a domain")
                raise draft.scope.unknown(at, among=list(sets))
            if entry.role == "a region":
                return name
            if entry.role == "a domain":
                return None
            raise reject("E404", f"{name} is {entry.role}, it has no boundary", at.span)
        case ast.Name(id=name) if draft.scope.get(name) is None:
            known = [*draft.scope.role("a data table", "an interface"), "boundary"]
            raise draft.scope.unknown(node, among=known, otherwise=_side(domain, name))
    message = "a place on the boundary is needed here"
    mend = "write boundary, boundary(D) or x = 0"
    if isinstance(node, ast.Name) and node.id in draft.scope.role("a region", "a domain"):
        mend = f"write boundary({node.id})"
    raise reject("E404", message, node.span, mend)
