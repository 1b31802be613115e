"""The problem as LaTeX, in the notation of papers."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

from .expressions import is_normal
from .places import Boundary, Face, Global, Interior, OnData, OnInterface, Place, Slice
from .problem import Law, Problem


class MathPrinter(LatexPrinter):
    """Prints u_{xx} for derivatives, v_1 for components, and fields without arguments."""

    def _print_AppliedUndef(self, expr: AppliedUndef, exp: str | None = None) -> str:
        name = self._field(str(expr.func))
        moved = [a for a in expr.args if not isinstance(a, sp.Symbol)]
        if moved:
            name += rf"\left({', '.join(self._print(a) for a in expr.args)}\right)"
        return name if exp is None else f"{name}^{{{exp}}}"

    def _field(self, name: str) -> str:
        base, bracket, index = name.partition("[")
        text = self._word(base) if base.isidentifier() else rf"\text{{{base}}}"
        return f"{text}_{{{index.rstrip(']')}}}" if bracket else text

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        counts = expr.variable_count
        letters = "".join(self._print(s) * int(n) for s, n in counts)
        if isinstance(expr.expr, AppliedUndef):
            inner = self._print(expr.expr)
            if "_" in inner:
                return rf"\partial_{{{letters}}} {inner}"
            return f"{inner}_{{{letters}}}"
        return rf"\partial_{{{letters}}} \left({self._print(expr.expr)}\right)"

    def _print_Symbol(self, expr: sp.Symbol, **kwargs: Any) -> str:
        base, bracket, index = expr.name.partition("[")
        name = "n" if is_normal(expr) else self._word(base)
        return f"{name}_{{{index.rstrip(']')}}}" if bracket else name

    def _word(self, name: str) -> str:
        """A Greek letter or a single letter with its index; longer words upright."""
        text = str(self._deal_with_super_sub(name))
        stem = text.partition("_")[0]
        return rf"\mathrm{{{name}}}" if stem.isalpha() and len(stem) > 1 else text

    def _print_DomainIntegral(self, expr: Any, exp: str | None = None) -> str:
        domain = self._print(expr.args[1])
        text = rf"\int_{{{domain}}} {self._print(expr.args[0])} \, dx"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def expression_latex(expression: sp.Basic) -> str:
    """An expression as LaTeX without dollar signs."""
    return str(MathPrinter({"ln_notation": False}).doprint(expression))


def problem_latex(problem: Problem) -> str:
    """The laws as an ``aligned`` environment, one scalar equation a line."""
    rows = [_row(left, right, law) for law in problem.laws for left, right in law.equations]
    for p in problem.periodicities:
        axis = expression_latex(p.axis)
        rows.append(rf"{', '.join(p.fields)} &\ \text{{periodic in }} {axis}")
    body = " \\\\\n".join(rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"


def _row(left: sp.Expr, right: sp.Expr, law: Law) -> str:
    sides = f"{expression_latex(left)} &= {expression_latex(right)}"
    return rf"{sides} && {place_latex(law.place)}"


def place_latex(place: Place) -> str:
    """Where a law holds, as LaTeX."""
    match place:
        case Interior(domain):
            return rf"\text{{in }} {_name(domain)}" if domain else r"\text{at all times}"
        case Boundary():
            return _boundary(place)
        case Slice(_, fixed) | Global(fixed) if fixed:
            return r"\text{at } " + ", ".join(
                f"{expression_latex(s)} = {expression_latex(v)}" for s, v in fixed
            )
        case Global():
            return r"\text{at all times}"
        case OnInterface(name):
            return rf"\text{{on }} {_name(name)}"
        case OnData(name):
            return rf"\text{{on the data {name}}}"
    raise TypeError(f"unknown place {place!r}")


def _name(name: str) -> str:
    return expression_latex(sp.Symbol(name))


def _boundary(place: Boundary) -> str:
    if place.faces:
        text = r"\text{on } " + ", ".join(_face(f) for f in place.faces)
    else:
        text = rf"\text{{on }} \partial {_name(place.of or place.domain)}"
    text += "".join(rf" \setminus {_name(name)}" for name in place.minus)
    if place.where is not None:
        text += rf" \text{{ where }} {expression_latex(place.where)}"
    return text


def _face(face: Face) -> str:
    return f"{expression_latex(face.axis)} = {expression_latex(face.value)}"
