"""What a name or a word means, where an editor points at it."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token
from lsprotocol import types

from pdedsl.calculus.laws import SystemOperator, system_operators
from pdedsl.calculus.printing.operator_text import operator_text
from pdedsl.calculus.state import generic_state, linearisation_state
from pdedsl.calculus.types.system_type import system_type
from pdedsl.diagnostics import Source, Span
from pdedsl.guide import words
from pdedsl.ir import Parameter, Problem, TooLargeError
from pdedsl.syntax.spelling import canonical_name
from pdedsl.syntax.tokens import lex, span_of

from .document import Document
from .occurrences import Occurrence

_LONGEST = 400


def hover(document: Document, position: types.Position) -> types.Hover | None:
    """The meaning of what stands at a position, as Markdown; None where nothing has one."""
    offset = document.offset(position)
    own = document.names.at(offset)
    if own is not None and (own.kind or document.names.declaration(own) is not None):
        return _shown(document, own.span, _name(document, own))
    token = _token(document.source, offset)
    if token is None:
        return None
    if (lines := list(_word(document, token))) == []:
        return None
    return _shown(document, span_of(token), lines)


def _shown(document: Document, span: Span, lines: list[str]) -> types.Hover:
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(lines))
    return types.Hover(content, document.range(span))


def _token(source: Source, offset: int) -> Token | None:
    tokens = [t for t in lex(source).tokens if t.start_pos is not None and t.end_pos is not None]
    around = [t for t in tokens if span_of(t).start <= offset <= span_of(t).end]
    return max(around, key=lambda t: span_of(t).start, default=None)


# --- names ---------------------------------------------------------------------------


def _name(document: Document, own: Occurrence) -> list[str]:
    declared = document.names.declaration(own)
    assert declared is not None
    if declared.kind == "argument":
        return [f"`{own.name}`: an argument of this definition"]
    if declared.kind == "label":
        return [f"`{own.name}`: the label of a law"]
    if declared.kind == "column":
        return [f"`{own.scope}.{own.name}`: a column of the table {own.scope}"]
    place = document.names.statement(declared.span) or declared.span
    lines = [f"```pde\n{document.source.slice(place)}\n```"]
    entry = document.understood.draft.scope.entries.get(own.name)
    if entry is not None:
        lines.append(f"{own.name} is {entry.role}")
    if entry is not None and isinstance(entry.value, Parameter):
        lines.append(f"{own.name} = {entry.value.value:.10g}")
    problem = document.understood.problem
    if problem is not None and declared.kind in ("operator", "unknown"):
        lines += _operators(problem, *_laws_with(document, own, problem))
    return lines


def _laws_with(document: Document, own: Occurrence, problem: Problem) -> tuple[str, ...]:
    """Labels of the laws whose text has the name."""
    spans = [occurrence.span for occurrence in document.names.same(own)]
    return tuple(
        law.label
        for law in problem.laws
        if any(law.span.start <= span.start < law.span.end for span in spans)
    )


# --- words ---------------------------------------------------------------------------


def _word(document: Document, token: Token) -> Iterator[str]:
    """A keyword or built-in name; of a law also its operator."""
    if (word := words().get(canonical_name(str(token)))) is None:
        return
    yield f"```pde\n{word.form}\n```"
    order = f" A differential operator of order {word.order}." if word.order else ""
    yield word.means + order
    problem = document.understood.problem
    if token.type == "LAW" and problem is not None:
        own = span_of(token)
        labels = (w.label for w in problem.laws if w.span.start <= own.start < w.span.end)
        yield from _operators(problem, *labels)


def _operators(problem: Problem, *labels: str) -> Iterator[str]:
    """The equations of the domains that laws belong to: linear or not, order, type, operator."""
    try:
        anywhere = system_operators(problem, generic_state(problem))
        there = {own.domain: own for own in system_operators(problem, linearisation_state(problem))}
        for own in anywhere:
            if set(own.labels) & set(labels):
                yield from _operator(problem, own, there.get(own.domain))
    except (ValueError, NotImplementedError, TooLargeError):
        return


def _operator(
    problem: Problem, own: SystemOperator, at_state: SystemOperator | None
) -> Iterator[str]:
    where = f" in {own.domain}" if own.domain else ""
    kind = "linear" if own.linear else "nonlinear"
    found = own.operator if own.linear else own.operator.differential()
    facts = [kind, f"order {found.order}", system_type(problem, at_state).kind]
    yield f"Operator{where} ({', '.join(own.labels)}): {', '.join(facts)}"
    text = operator_text(found)
    if len(text) <= _LONGEST:
        yield f"```\nL u = {text}\n```"
