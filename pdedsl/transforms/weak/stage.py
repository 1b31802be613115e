"""The weak form of a problem as text and as LaTeX.

The test function is called v, or w, phi, psi where the spec has that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp

from pdedsl.calculus.operator import differentiate
from pdedsl.ir import Interior, Law, Problem, TooLargeError, normal
from pdedsl.ir.latex import expression_latex, place_latex
from pdedsl.ir.text import expression_text, face_text, place_text

from .by_parts import NoIntegralFormError, Parts
from .weak_form import WeakRow, weak_laws, weak_rows

_NAMES = ("v", "w", "phi", "psi", "test")


def weak_text(problem: Problem, parts: Parts) -> str:
    """The equations against a test function, integrated by parts.

    Args:
        problem: the problem.
        parts: see `by_parts.integrate`.
    """
    laws = weak_laws(problem)
    blocks = [_block(problem, law, parts) for law in laws]
    others = [law.label for law in problem.laws if law not in laws]
    if others:
        blocks.append(f"at points, as they are: {', '.join(others)}\n")
    return "\n".join(blocks)


def weak_latex(problem: Problem, parts: Parts) -> str:
    """As `weak_text`, in an ``aligned`` environment."""
    lines = [line for law in weak_laws(problem) for line in _latex_lines(problem, law, parts)]
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"


def _block(problem: Problem, law: Law, parts: Parts) -> str:
    times = {0: "not integrated by parts", 1: "integrated by parts once"}
    how = (
        times.get(parts, f"integrated by parts: {parts}")
        if parts != "all"
        else ("integrated by parts as often as the terms allow")
    )
    lines = [f"{law.label}, {place_text(law.place)}, {how}"]
    try:
        for row in weak_rows(problem, law, parts, natural=True):
            indent = "  " if len(law.residuals) == 1 else "    "
            if len(law.residuals) > 1:
                lines.append(f"  {row.label}")
            lines += [f"{indent}{line}" for line in _lines(problem, row)]
    except NoIntegralFormError as jump:
        lines.append(f"  no such integral form: {jump} jumps")
    except TooLargeError:
        lines.append("  (too large to be written out)")
    return "".join(f"{line}\n" for line in lines)


def _lines(problem: Problem, row: WeakRow) -> Iterator[str]:
    v = _test(problem)
    yield f"inside   {expression_text(_interior(problem, row, v))}"
    edges = _edges(problem, row, v)
    if edges != 0:
        yield f"edges    {expression_text(edges)}"
    for flux in row.fluxes:
        yield f"{face_text(flux.face):8} {expression_text(flux.flux * v)}  by {flux.law}"


def _latex_lines(problem: Problem, law: Law, parts: Parts) -> Iterator[str]:
    assert isinstance(law.place, Interior)
    try:
        rows = list(weak_rows(problem, law, parts, natural=True))
    except (NoIntegralFormError, TooLargeError):
        yield rf"&\ \text{{{law.label}: no such integral form}} && {place_latex(law.place)}"
        return
    v = _test(problem)
    for row in rows:
        text = rf"\int_K {_bracketed(_interior(problem, row, v))} \, dx"
        edges = _edges(problem, row, v)
        if edges != 0:
            text += rf" + \oint_{{\partial K}} {_bracketed(edges)} \, ds"
        yield rf"{text} &= 0 && {place_latex(law.place)}"
        for flux in row.fluxes:
            face = f"{expression_latex(flux.face.axis)} = {expression_latex(flux.face.value)}"
            edge = _bracketed(_edges(problem, row, v, flux.axis))
            given = _bracketed(flux.flux * v)
            yield rf"{edge} &= {given} && \text{{on }} {face}"


def _bracketed(expression: sp.Expr) -> str:
    text = expression_latex(expression)
    return rf"\left({text}\right)" if expression.is_Add else text


def _test(problem: Problem) -> sp.Expr:
    """The test function, with a name that the problem has not."""
    taken = {str(c.func).partition("[")[0] for c in problem.components}
    taken |= {s.name for s in problem.inputs} | {p.symbol.name for p in problem.parameters}
    taken |= {n.symbol.name for n in problem.numbers}
    name = next((n for n in _NAMES if n not in taken), "test_function")
    return sp.Function(name, real=True)(*problem.inputs)


def _interior(problem: Problem, row: WeakRow, v: sp.Expr) -> sp.Expr:
    terms = row.form.interior.items()
    return _sum(e * differentiate(v, problem.inputs, beta) for beta, e in terms)


def _edges(problem: Problem, row: WeakRow, v: sp.Expr, only: int | None = None) -> sp.Expr:
    """The integrand on the edges of elements; of one axis alone where one is given."""
    return _sum(
        _outward(problem, axis) * sigma * differentiate(v, problem.inputs, beta)
        for (axis, beta), sigma in row.form.boundary.items()
        if only is None or (axis == only and not any(beta))
    )


def _sum(terms: Iterable[sp.Expr]) -> sp.Expr:
    return sp.Add(*terms)


def _outward(problem: Problem, axis: int) -> sp.Symbol:
    """The component of the outward normal along an input: n[1], … in space, n_t in time."""
    space = sum(s in domain.coordinates for domain in problem.domains[:1] for s in problem.inputs)
    if axis < space:
        return normal(axis + 1)
    return sp.Symbol(f"n_{problem.inputs[axis]}", real=True)
