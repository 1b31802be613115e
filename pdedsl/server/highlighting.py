"""Semantic tokens: every word with its role in this text."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token
from lsprotocol import types

from pdedsl.diagnostics import Span
from pdedsl.guide import words
from pdedsl.syntax.spelling import canonical_name
from pdedsl.syntax.tokens import lex, span_of

from .document import Document

TYPES = (
    "keyword comment string number function operator parameter variable property type namespace "
    "label"
).split()
MODIFIERS = ["declaration", "readonly"]
LEGEND = types.SemanticTokensLegend(token_types=TYPES, token_modifiers=MODIFIERS)

_NAMES = {
    "param": "variable", "let": "variable", "operator": "function", "region": "type",
    "domain": "namespace", "time": "variable", "interface": "type", "unknown": "property",
    "data": "namespace", "coordinate": "variable", "argument": "parameter", "label": "label",
    "column": "property",
}  # fmt: skip
_WORDS = {"keywords": "keyword", "functions": "function", "calculus": "function", "sets": "type"}
_PLAIN = {"STRING": "string", "UNIT": "string", "OWN_UNIT": "string", "NUMBER": "number"}

Found = tuple[Span, str, int]


def semantic_tokens(document: Document) -> types.SemanticTokens:
    """The tokens as the protocol has them: five numbers each, places relative to the one before."""
    data: list[int] = []
    line = column = 0
    # A name of the text comes behind a built-in one at the same place, such as d.
    found = {span: (kind, modifiers) for span, kind, modifiers in _found(document)}
    for span, (kind, modifiers) in sorted(found.items()):
        start, end = document.position(span.start), document.position(span.end)
        if start.line != end.line or start == end:
            continue
        step = start.line - line
        data += [step, start.character - (0 if step else column), end.character - start.character]
        data += [TYPES.index(kind), modifiers]
        line, column = start.line, start.character
    return types.SemanticTokens(data)


def _found(document: Document) -> Iterator[Found]:
    lexed = lex(document.source)
    for comment in lexed.comments:
        yield Span(comment.span.start, comment.span.start + len(comment.text)), "comment", 0
    for token in lexed.tokens:
        if (kind := _word(token)) is not None:
            yield span_of(token), kind, 0
    kinds = {own.key: own.kind for own in document.names.occurrences if own.kind}
    for own in document.names.occurrences:
        kind_of_name = _NAMES.get(kinds.get(own.key, ""))
        if kind_of_name is not None:
            is_number = kinds[own.key] == "param"
            yield own.span, kind_of_name, bool(own.kind) + 2 * is_number


def _word(token: Token) -> str | None:
    """The type of keywords, numbers, texts and built-in names."""
    if token.type in _PLAIN:
        return _PLAIN[token.type]
    word = words().get(canonical_name(str(token)))
    if word is None or (token.type == "NAME" and word.kind == "keywords"):
        return None
    return _WORDS[word.kind]
