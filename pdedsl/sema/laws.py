"""Laws: both sides evaluated, shapes compared, a residual for each component, a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Note, Rejected, Span, did_you_mean, reject
from pdedsl.ir import (
    Boundary,
    DomainIntegral,
    Field,
    Law,
    OnData,
    OnInterface,
    Periodicity,
    is_normal,
)
from pdedsl.syntax import ast, format_expression, on_side

from . import limits, mends
from .draft import Draft
from .files.noise import no_noise, noise_of
from .names.undeclared import one_of
from .places import resolve
from .values import Value, components, describe

Labelled = TypeVar("Labelled", Law, Periodicity)


def law(draft: Draft, node: ast.Law) -> None:
    """``kind label: equations place``, or a periodicity."""
    if node.label is not None:
        _check_label(draft, node.label)
    if isinstance(node.body, ast.Periodic):
        _periodic(draft, node, node.body)
        return
    node = _on_its_side(draft, node)
    assert not isinstance(node.body, ast.Periodic)
    pairs = [pair for equation in node.body for pair in _sides(draft, equation)]
    residuals = tuple(a - b for a, b in pairs)
    limits.check(residuals, node.span, draft.scope)
    limits.check_with_parameters(residuals, node.span, draft.scope.parameter_values())
    place = resolve(draft, node, residuals)
    _check_states_something(draft, node, residuals)
    _check_normals(node, residuals, place)
    _check_columns(draft, node, residuals, place)
    sigma = noise_of(draft, node, residuals, place)
    label = node.label.id if node.label else ""
    draft.laws.append(Law(node.kind, label, tuple(pairs), residuals, place, node.span, sigma))


def _on_its_side(draft: Draft, node: ast.Law) -> ast.Law:
    """``bc: u(0, t) = g`` as ``bc: u = g  on x = 0``, where that is a side of the field's box."""
    if node.kind != "bc" or isinstance(node.body, ast.Periodic):
        return node
    own = {f.name for f in draft.fields}
    if any(_fields_of(equation.right) & own for equation in node.body):
        return node  # it ties values at one place to those at another
    coordinates = {f.name: [s.name for s in f.arguments] for f in draft.fields}
    found = on_side(node, coordinates)
    if found is None or not isinstance(found.place, ast.On):
        return node
    locus = found.place.loci[0]
    assert isinstance(locus.target, ast.Name)
    assert locus.value is not None
    try:
        value = draft.elaborator.number(locus.value, "a side")
    except Rejected:
        return node
    meant = _fields_of(found.body)
    for field in (f for f in draft.fields if f.name in meant):
        domain = draft.domains.get(field.domain or "")
        ends = {s.name: e for s, e in domain.intervals.items()} if domain else {}
        if value not in map(draft.number, ends.get(locus.target.id, ())):
            return node
    return found


def _fields_of(tree: object) -> set[str]:
    """Names in a tree, and those of which they may be derivatives."""
    names = {name.id for name in mends.names(tree)}
    return names | {name.rpartition("_")[0] for name in names}


# --- lists of places ----------------------------------------------------------------------


def divided(law: ast.Law) -> tuple[ast.Law, ...]:
    """The laws that a law with a list of places stands for, itself where it has one place.

    Sides of a box stay together, as one place. The parts of a law named ``walls`` are
    ``walls.1``, ``walls.2``, …; each stands where its place does, the first where the law does.

    Args:
        law: as it was read.
    """
    groups = _groups(law.place.loci) if isinstance(law.place, ast.On) else []
    if len(groups) < 2:
        return (law,)
    return tuple(_part(law, group, number) for number, group in enumerate(groups, start=1))


def _groups(loci: Sequence[ast.Locus]) -> list[tuple[ast.Locus, ...]]:
    """The boundaries one by one, and the sides of boxes together."""
    sides = tuple(locus for locus in loci if locus.value is not None)
    boundaries = [(locus,) for locus in loci if locus.value is None]
    return [*boundaries, *([sides] if sides else [])]


def _part(law: ast.Law, loci: tuple[ast.Locus, ...], number: int) -> ast.Law:
    assert isinstance(law.place, ast.On)
    label = law.label and ast.Name(f"{law.label.id}.{number}", span=law.label.span)
    span = law.span if number == 1 else loci[0].span.to(loci[-1].span)
    place = ast.On(loci, law.place.where, span=law.place.span)
    return ast.Law(law.kind, label, law.body, place, law.noise, span=span)


def _sides(draft: Draft, equation: ast.Equation) -> list[tuple[sp.Expr, sp.Expr]]:
    left = draft.elaborator.quantity(equation.left)
    right = draft.elaborator.quantity(equation.right)
    if _is_zero(equation.right) and isinstance(left, tuple):
        return [(c, sp.S.Zero) for c in components(left)]
    if _is_zero(equation.left) and isinstance(right, tuple):
        return [(sp.S.Zero, c) for c in components(right)]
    if describe(left) != describe(right):
        raise _shapes_disagree(equation, left, right)
    return list(zip(components(left), components(right), strict=True))


def _is_zero(node: ast.Expr) -> bool:
    return isinstance(node, ast.Number) and float(node.text) == 0


def _shapes_disagree(equation: ast.Equation, left: Value, right: Value) -> Exception:
    note = Note(f"this is {describe(left)}", equation.left.span)
    message = f"the left side is {describe(left)} and the right side is {describe(right)}"
    mend = None
    if isinstance(left, tuple) and isinstance(equation.right, ast.Number):
        mend = f"write ({', '.join([equation.right.text] * len(left))})"
    return reject("E301", message, equation.right.span, mend, (note,))


def _check_label(draft: Draft, label: ast.Name) -> None:
    laws: list[Law | Periodicity] = [*draft.laws, *draft.periodicities]
    for earlier in laws:
        if earlier.label == label.id:
            note = Note("the first law of that name", earlier.span)
            message = f"two laws are named {label.id}"
            mend = f"choose another name, such as {label.id}2"
            raise reject("E202", message, label.span, mend, (note,))


def _check_states_something(draft: Draft, node: ast.Law, residuals: tuple[sp.Expr, ...]) -> None:
    for residual in residuals:
        if not residual.free_symbols & draft.scope.numbers() and not draft.fields_in([residual]):
            always = "always true" if residual == 0 else "not about any unknown"
            raise reject("E501", f"this law says nothing: it is {always}", node.span)


def _check_normals(node: ast.Law, residuals: tuple[sp.Expr, ...], place: object) -> None:
    looked_at: list[sp.Basic] = list(residuals)
    if isinstance(place, (Boundary, OnInterface)):
        looked_at = [i.integrand for r in residuals for i in r.atoms(DomainIntegral)]
    if any(is_normal(s) for e in looked_at for s in e.free_symbols if isinstance(s, sp.Symbol)):
        message = "the normal exists on a boundary only"
        span = mends.first_of(node, ast.Call, ast.Name, names=("dn", "n")) or node.span
        raise reject("E307", message, span, "put it into a bc on boundary")


def _check_columns(
    draft: Draft, node: ast.Law, residuals: tuple[sp.Expr, ...], place: object
) -> None:
    """A fit is on one table, and no derivative of a column is taken."""
    tables = draft.scope.role("a data table")
    for residual in residuals:
        for derivative in sorted(residual.atoms(sp.Derivative), key=str):
            if isinstance(derivative.expr, AppliedUndef) and "." in str(derivative.expr.func):
                message = f"{derivative.expr.func} is a column of numbers and has no derivative"
                span = mends.first_of(node, ast.Column) or node.span
                flux = "make the flux unknown: q = table.k*grad(u) and div(q) = …"
                raise reject("E605", message, span, flux)
    if isinstance(place, OnData) and node.kind == "fit":
        own = {str(a.func) for r in residuals for a in r.atoms(AppliedUndef)}
        if not any(name.startswith(f"{place.table}.") for name in own):
            table = tables[place.table].table
            names = [f"{table.name}.{c}" for c in table.columns if c not in table.coordinates]
            message = f"this fit uses no value of {table.name}"
            mend = None
            if names and isinstance(node.body, tuple):
                mend = f"write {format_expression(node.body[0].left)} = {names[0]}, say"
            raise reject("E505", message, node.span, mend)


# --- periodicity -------------------------------------------------------------------------


def _periodic(draft: Draft, node: ast.Law, body: ast.Periodic) -> None:
    if node.kind != "bc":
        listed, axes = (", ".join(n.id for n in part) for part in (body.names, body.coordinates))
        mend = f"write bc: {listed} periodic in {axes}"
        raise reject("E404", "a periodicity is a bc", node.span, mend)
    if node.noise is not None:
        raise no_noise(node)
    if node.place is not None:
        message = "a periodicity names its coordinate alone"
        raise reject("E404", message, node.place.span, "remove it")
    label = node.label.id if node.label else ""
    fields = [_field(draft, name) for name in body.names]
    for at in body.coordinates:
        found: dict[tuple[sp.Symbol, sp.Expr], list[str]] = {}
        for field, source in zip(fields, body.names, strict=True):
            axis, period = _period(draft, at, field)
            if axis not in field.arguments:
                raise reject("E502", f"{field.name} does not depend on {axis}", source.span)
            found.setdefault((axis, period), []).append(field.name)
        for (axis, period), names in found.items():
            draft.periodicities.append(Periodicity(label, tuple(names), axis, period, node.span))


def _field(draft: Draft, name: ast.Name) -> Field:
    entry = draft.scope.get(name.id)
    if entry is None:
        own = draft.scope.fields()
        mend = did_you_mean(name.id, own) or one_of(own)
        raise draft.scope.unknown(name, otherwise=mend)
    if entry.role != "an unknown function":
        mend = did_you_mean(name.id, draft.scope.fields())
        message = f"{name.id} is {entry.role}, not an unknown function"
        raise reject("E204", message, name.span, mend)
    return entry.value


def _period(draft: Draft, name: ast.Name, field: Field) -> tuple[sp.Symbol, sp.Expr]:
    """A coordinate with the length of the field's domain in it, or of the time."""
    for domain in sorted(draft.domains.values(), key=lambda d: d.name != field.domain):
        for symbol in domain.coordinates:
            if symbol.name == name.id:
                draft.scope.get(name.id)
                if not domain.is_box:
                    message = f"{domain.name} is not a box, nothing repeats in {name.id}"
                    raise reject("E502", message, name.span)
                lower, upper = domain.intervals[symbol]
                return symbol, upper - lower
    if draft.time and draft.time.symbol.name == name.id:
        draft.scope.get(name.id)
        return draft.time.symbol, draft.time.upper - draft.time.lower
    known = [s.name for s in draft.inputs]
    mend = did_you_mean(name.id, known) or f"the coordinates are: {', '.join(known)}"
    raise reject("E502", f"{name.id} is not a coordinate", name.span, mend if known else None)


# --- at the end of the file ----------------------------------------------------------------


def finish(draft: Draft) -> None:
    """Number the unlabelled laws, and take periodic sides out of `on boundary`."""
    kept = [_without_periodic_faces(draft, law) for law in draft.laws]
    draft.laws[:] = [law for law in kept if law is not None]
    everything: list[Law | Periodicity] = [*draft.laws, *draft.periodicities]
    everything.sort(key=lambda law: law.span)
    labels = _labels(everything)
    draft.laws[:] = [_with_label(law, labels) for law in draft.laws]
    draft.periodicities[:] = [_with_label(p, labels) for p in draft.periodicities]


def _labels(everything: list[Law | Periodicity]) -> dict[Span, str]:
    """Label of each unlabelled law, by its span: ``bc``, or ``bc.1``, ``bc.2`` for several."""
    kinds: dict[str, list[Span]] = {}
    for item in everything:
        if not item.label:
            spans = kinds.setdefault(item.kind if isinstance(item, Law) else "bc", [])
            if item.span not in spans:
                spans.append(item.span)
    labels = {}
    for kind, spans in kinds.items():
        for number, span in enumerate(spans, start=1):
            labels[span] = kind if len(spans) == 1 else f"{kind}.{number}"
    return labels


def _with_label(item: Labelled, labels: dict[Span, str]) -> Labelled:
    return item if item.label else replace(item, label=labels[item.span])


def _without_periodic_faces(draft: Draft, item: Law) -> Law | None:
    """The law on the sides that are left, None where none may be left out (E502)."""
    place = item.place
    if not isinstance(place, Boundary):
        return item
    names = {f.name for f in draft.fields_in(item.residuals)}
    circles = {name: {p.axis for p in draft.periodicities if name in p.fields} for name in names}
    axes = {axis for found in circles.values() for axis in found}
    apart = any(found != axes for found in circles.values())
    faces = tuple(f for f in place.faces if f.axis not in axes)
    whole = place.faces == draft.domains[place.domain].faces
    if len(faces) == len(place.faces):
        return item
    if not whole or not faces or apart:
        periodic = next(f for f in place.faces if f.axis in axes)
        own = sorted(name for name, found in circles.items() if periodic.axis in found)
        verb = "is" if len(own) == 1 else "are"
        fields = ", ".join(own)
        message = f"{fields} {verb} periodic in {periodic.axis}, where there is no boundary"
        other = next(p for p in draft.periodicities if p.axis == periodic.axis)
        note = Note(f"periodic in {periodic.axis} by this law", other.span)
        mend = f"leave {periodic.axis} = {periodic.value} out"
        if whole and faces:
            mend = "write a law for each unknown"
        draft.report.add(Diagnostic("E502", message, item.span, mend, (note,)))
        return None
    return replace(item, place=replace(place, faces=faces))
