"""What may be typed next: keywords, built-in names, and the names of the text."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pdedsl.guide import words
from pdedsl.guide.words import Word
from pdedsl.syntax.tokens import lex, span_of

from .document import Document

_KINDS = {
    "keywords": types.CompletionItemKind.Keyword,
    "functions": types.CompletionItemKind.Function,
    "calculus": types.CompletionItemKind.Operator,
    "sets": types.CompletionItemKind.Class,
}
_NAMES = {
    "unknown": types.CompletionItemKind.Field,
    "param": types.CompletionItemKind.Constant,
    "operator": types.CompletionItemKind.Operator,
    "coordinate": types.CompletionItemKind.Variable,
    "time": types.CompletionItemKind.Variable,
}
STATEMENTS = (
    "language problem param let operator region domain time unknown interface data exact "
    "reference output include eq bc ic fit"
).split()


def completion(document: Document, position: types.Position) -> types.CompletionList:
    """All that fits at a position: statements at the start of a line, names and words elsewhere."""
    offset = document.offset(position)
    if _is_in_comment_or_text(document, offset):
        return types.CompletionList(False, [])
    line = document.source.text.rfind("\n", 0, offset) + 1
    before = document.source.text[line:offset]
    if before.lstrip().isidentifier() or not before.strip():
        return types.CompletionList(False, list(_statements()))
    if (table := _table(before)) is not None:
        return types.CompletionList(False, list(_columns(document, table)))
    return types.CompletionList(False, [*_names(document, offset), *_words()])


def _is_in_comment_or_text(document: Document, offset: int) -> bool:
    lexed = lex(document.source)
    if any(c.span.start < offset <= c.span.start + len(c.text) for c in lexed.comments):
        return True
    kinds = ("STRING", "BROKEN_STRING", "UNIT", "OWN_UNIT")
    strings = (span_of(t) for t in lexed.tokens if t.type in kinds)
    return any(span.start < offset < span.end for span in strings)


def _table(before: str) -> str | None:
    """The table whose column is being typed, as in ``probe.va``."""
    head, dot, tail = before.rpartition(".")
    if not dot or not (tail.isidentifier() or not tail):
        return None
    start = len(head)
    while start and (head[start - 1].isalnum() or head[start - 1] == "_"):
        start -= 1
    return head[start:] if head[start:].isidentifier() else None


def _columns(document: Document, table: str) -> Iterator[types.CompletionItem]:
    for own in document.names.occurrences:
        if own.kind == "column" and own.scope == table:
            yield types.CompletionItem(own.name, kind=types.CompletionItemKind.Field)


def _statements() -> Iterator[types.CompletionItem]:
    return (_item(words()[name]) for name in STATEMENTS)


def _words() -> Iterator[types.CompletionItem]:
    return (_item(word) for name, word in words().items() if name not in STATEMENTS)


def _item(word: Word) -> types.CompletionItem:
    return types.CompletionItem(
        word.name, kind=_KINDS[word.kind], detail=word.form, documentation=word.means
    )


def _names(document: Document, offset: int) -> Iterator[types.CompletionItem]:
    for name, own in document.names.declared.items():
        kind = _NAMES.get(own.kind, types.CompletionItemKind.Variable)
        place = document.names.statement(own.span) or own.span
        detail = document.source.slice(place).partition("\n")[0]
        yield types.CompletionItem(name, kind=kind, detail=detail)
    for own in document.names.occurrences:
        scope = own.scope
        local = own.kind == "argument" and not isinstance(scope, str) and scope is not None
        if local and scope.start <= offset <= scope.end + 1:  # type: ignore[union-attr]
            yield types.CompletionItem(own.name, kind=types.CompletionItemKind.Variable)
