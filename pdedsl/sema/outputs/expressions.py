"""Calls that stand in outputs alone: ``integral(f, boundary)``, ``max(u)``, ``min(u, x = 0)``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import reject
from pdedsl.ir import Boundary, Interior, OnInterface, Place, is_normal
from pdedsl.ir.outputs import FunctionalKind
from pdedsl.sema import places
from pdedsl.sema.boundaries import boundary_place
from pdedsl.sema.draft import Draft
from pdedsl.sema.expressions import Elaborator
from pdedsl.sema.scope import Entry
from pdedsl.sema.values import Value, describe, is_vector
from pdedsl.syntax import ast, format_expression

from .functionals import functional, intervals, typical_value, with_functionals

_KINDS: dict[str, FunctionalKind] = {"integral": "integral", "max": "max", "min": "min"}


@dataclass(frozen=True)
class OutputElaborator(Elaborator):
    """Evaluates the expressions of outputs; see `Elaborator`."""

    draft: Draft = field(kw_only=True)

    def _entry_value(self, node: ast.Name, entry: Entry) -> Value:
        return entry.value if entry.role == "an output" else super()._entry_value(node, entry)

    def _call(self, node: ast.Call) -> Value:
        function = node.function
        if isinstance(function, ast.Name) and function.id in _KINDS:
            found = self._functional(_KINDS[function.id], node)
            if found is not None:
                return found
        return super()._call(node)

    def _functional(self, kind: FunctionalKind, node: ast.Call) -> sp.Expr | None:
        """The symbol of a functional; None for ``max(a, b)`` of numbers."""
        first, *rest = node.arguments or (None,)
        if not isinstance(first, ast.Expr):
            return None
        named = all(isinstance(a, ast.Keyword) for a in rest)
        if kind != "integral" and not named and not (len(rest) == 1 and self._is_place(rest[0])):
            return None
        body = with_functionals(self.draft, self._body(node, first), first.span)
        place = self._place(kind, node, body, rest)
        self._check(kind, first, body, place)
        return functional(self.draft, kind, body, place)

    def _body(self, call: ast.Call, node: ast.Expr) -> sp.Expr:
        value = self.quantity(node)
        if is_vector(value):
            norm = ast.Call(ast.Name("norm", span=node.span), (node,), span=node.span)
            arguments = (norm, *call.arguments[1:])
            text = format_expression(ast.Call(call.function, arguments, span=call.span))
            kind = format_expression(call.function)
            message = f"{kind} is taken of a number here, this is {describe(value)}"
            raise reject("E302", message, node.span, f"write {text}, or take its components")
        return value

    def _is_place(self, node: ast.Argument) -> bool:
        match node:
            case ast.Chain(level="set") | ast.Call(function=ast.Name(id="boundary")):
                return True
            case ast.Name(id=name):
                entry = self.scope.entries.get(name)
                here = entry is not None and entry.role in ("a domain", "an interface", "the time")
                return name == "boundary" or here
        return False

    def _place(
        self, kind: str, node: ast.Call, body: sp.Expr, rest: Sequence[ast.Argument]
    ) -> Place:
        keywords = [a for a in rest if isinstance(a, ast.Keyword)]
        if rest and len(keywords) == len(rest):
            domain = self.draft.domains.get(self._home(node, body) or "")
            if domain is None:
                raise reject("E404", "there is no boundary here", node.span)
            loci = [ast.Locus(k.name, k.value, span=k.span) for k in keywords]
            return places.on_faces(self.draft, domain, loci, None)
        if not rest and kind != "integral":
            return Interior(self._home(node, body))
        if len(rest) != 1 or not isinstance(rest[0], ast.Expr) or not self._is_place(rest[0]):
            raise self._no_place(kind, node, rest)
        return self._named(node, body, rest[0])

    def _named(self, node: ast.Call, body: sp.Expr, where: ast.Expr) -> Place:
        if isinstance(where, ast.Name) and where.id != "boundary":
            entry = self.scope.get(where.id)
            assert entry is not None
            if entry.role == "an interface":
                return OnInterface(where.id)
            return Interior(where.id if entry.role == "a domain" else None)
        inner = where.first if isinstance(where, ast.Chain) else where
        home = self._home(node, body)
        if isinstance(inner, ast.Call) and isinstance(inner.arguments[0], ast.Name):
            name = inner.arguments[0].id
            home = name if name in self.draft.domains else home
        if home is None:
            raise reject("E404", "there is no boundary: there is no domain", node.span)
        return boundary_place(self.draft, self.draft.domains[home], where, None)

    def _no_place(self, kind: str, node: ast.Call, rest: Sequence[ast.Argument]) -> Exception:
        body = format_expression(node.arguments[0])  # type: ignore[arg-type]
        known = [*self.draft.domains] or [s.name for s in self.draft.inputs]
        mend = f"write {kind}({body}, {known[0] if known else 'Omega'}), or on a part of the "
        mend += f"boundary, {kind}({body}, boundary)"
        message = f"{kind} is over a domain, a boundary, or sides of a box, such as x = 0"
        return reject("E401", message, rest[0].span if rest else node.span, mend)

    def _home(self, node: ast.Call, body: sp.Expr) -> str | None:
        """The domain of the fields in an expression; the only one where there is one."""
        if len(self.draft.domains) < 2:
            return next(iter(self.draft.domains), None)
        homes = {f.domain for f in self.draft.fields_in([body])} - {None}
        if len(homes) != 1:
            names = " or ".join(self.draft.domains)
            raise reject("E405", "this needs its domain", node.span, f"name it: {names}")
        return homes.pop()

    def _check(self, kind: str, node: ast.Expr, body: sp.Expr, place: Place) -> None:
        """Refuse what has no value at the place (E304, E307, E404, E605)."""
        draft, text = self.draft, format_expression(node)
        sides = set(places.domains_of(draft, place))
        away = {f.domain for f in draft.fields_in([body]) if f.domain} - sides
        if away and place != Interior(None):
            message = f"{text} lives on {', '.join(sorted(away))}"
            raise reject("E404", message, node.span, "take fields of that domain alone")
        columns = [a for a in body.atoms(AppliedUndef) if not draft.fields_in([a])]
        if columns:
            message = f"{columns[0].func} is a column of numbers, an output is of the unknowns"
            raise reject("E605", message, node.span)
        normals = {s for s in body.free_symbols if is_normal(s)}
        if normals and not isinstance(place, Boundary | OnInterface):
            mend = f"write {kind}({text}, boundary)"
            raise reject("E307", "the normal exists on a boundary only", node.span, mend)
        self._check_free(kind, node, body, place, normals)

    def _check_free(
        self, kind: str, node: ast.Expr, body: sp.Expr, place: Place, normals: set[sp.Symbol]
    ) -> None:
        draft = self.draft
        free = {s for n in places.domains_of(draft, place) for s in draft.domains[n].coordinates}
        if kind != "integral":
            free |= {interval.symbol for interval in intervals(draft)}
        elif place == Interior(None) and draft.time:
            free.add(draft.time.symbol)
        known = draft.scope.parameter_values().keys() | draft.scope.numbers()
        left = body.free_symbols - free - normals - known - draft.functionals.keys()
        if not left:
            return
        first = min(left, key=str)
        message = f"{format_expression(node)} depends on {', '.join(sorted(map(str, left)))} here, "
        message += f"and {kind} is to be a number"
        fields = draft.fields_in([body])
        name, value = fields[0].name if fields else "u", typical_value(draft, first)
        raise reject("E304", message, node.span, f"fix it, as in {name}({first}={value})")
