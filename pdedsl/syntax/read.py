"""A whole file to its tree and the diagnostics of its syntax."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pdedsl.diagnostics import Diagnostic, Rejected, Report, Source, Span

from . import ast
from .build import build
from .foreign import foreign_signs
from .limits import MAX_DIAGNOSTICS, check_depth
from .located import bare_law, declared
from .messages import explain
from .parse import Failure, parse
from .spelling import canonical_name
from .statements import Chunk, split
from .tokens import Comment, lex


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a file.

    Args:
        spec: the statements that follow the grammar; broken ones are left out.
        report: the diagnostics of the syntax.
        comments: all comments, in order.
        broken: the names in broken declarations, which these perhaps meant to declare.
    """

    spec: ast.Spec
    report: Report
    comments: tuple[Comment, ...]
    broken: tuple[str, ...] = ()


def read(source: Source) -> Reading:
    """Read a file; each statement on its own, so that one mistake hides no other."""
    lexed = lex(source)
    found: list[Diagnostic] = [lexed.excess] if lexed.excess else []
    chunks = list(split(lexed.tokens))
    if lexed.excess and chunks:
        chunks.pop()  # it was cut off
    axes = _axes(chunks)
    fields, time = declared(chunk.tokens for chunk in chunks)
    statements: list[ast.Statement] = []
    broken: list[str] = []
    for chunk in chunks:
        try:
            statements.append(_statement(chunk, axes, found))
        except Rejected as rejected:
            diagnostic = rejected.diagnostic
            if diagnostic.code == "E105" and (law := bare_law(chunk.tokens, fields, time)):
                diagnostic = replace(diagnostic, mend=f"write {law}")
            if not _is_told(diagnostic, found):
                found.append(diagnostic)
            broken += _names(chunk)
    found += _misplaced_versions(statements)
    spec = ast.Spec(tuple(statements), span=Span(0, len(source.text)))
    return Reading(spec, _limit_number(found), lexed.comments, tuple(dict.fromkeys(broken)))


def _is_told(diagnostic: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether a keyword that serves as a name has been refused before."""
    told = {d.message for d in found if d.code == "E109"}
    return diagnostic.code == "E109" and diagnostic.message in told


def _names(chunk: Chunk) -> list[str]:
    """Names in a broken statement, unless it is a law, which declares nothing."""
    if chunk.tokens[0].type == "LAW":
        return []
    return [canonical_name(str(token)) for token in chunk.tokens if token.type == "NAME"]


def _axes(chunks: list[Chunk]) -> tuple[str, ...]:
    """The first coordinate of the first domain and the time, as far as the file has them."""
    found: dict[str, str] = {}
    for kind, place in (("DOMAIN", "COLON"), ("TIME", "TIME")):
        for tokens in (chunk.tokens for chunk in chunks if chunk.tokens[0].type == kind):
            types = [token.type for token in tokens]
            start = types.index(place) if place in types else len(types)
            names = [str(token) for token in tokens[start:] if token.type == "NAME"]
            found.setdefault(kind, canonical_name(names[0]) if names else "x")
    return tuple(found.values()) or ("x",)


def _statement(chunk: Chunk, axes: tuple[str, ...], found: list[Diagnostic]) -> ast.Statement:
    """Read one statement; of several diagnostics the last is raised."""
    problems = foreign_signs(chunk.tokens, axes) or chunk.problems
    if problems:
        *first, last = problems
        found += first
        raise Rejected(last)
    try:
        tree = parse(chunk.tokens)
    except Failure as failure:
        raise Rejected(explain(failure)) from None
    check_depth(tree)
    return build(tree, chunk.span)


def _misplaced_versions(statements: list[ast.Statement]) -> list[Diagnostic]:
    found = []
    for place, statement in enumerate(statements):
        if not isinstance(statement, ast.Version):
            continue
        if statement.number.text != "1":
            message = f"this program reads version 1 of the language, not {statement.number.text}"
            found.append(Diagnostic("E112", message, statement.number.span, "write language 1"))
        elif place:
            message = "'language' may stand only at the start of the file"
            found.append(Diagnostic("E112", message, statement.span, "move it to the first line"))
    return found


def _limit_number(found: list[Diagnostic]) -> Report:
    """The first diagnostics, and how many more there are."""
    report = Report()
    report.extend(found)
    first, more = list(report)[:MAX_DIAGNOSTICS], list(report)[MAX_DIAGNOSTICS:]
    if not more:
        return report
    kept = Report()
    kept.extend(first)
    message = f"and {len(more)} more errors in the text from here on"
    kept.add(Diagnostic("E701", message, more[0].span))
    return kept
