"""From a name to its declaration, to its uses, and to another name."""

from __future__ import annotations

import re

from lsprotocol import types

from pdedsl.diagnostics import Source
from pdedsl.sema import understand
from pdedsl.sema.names.derivatives import GREEK
from pdedsl.sema.scope import BUILT_IN
from pdedsl.syntax.tokens import lex

from .document import Document
from .occurrences import Occurrence

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class RefusedError(ValueError):
    """A name that cannot be given; the text says why."""


def definition(document: Document, position: types.Position) -> types.Location | None:
    """Where the name at a position is declared."""
    own = document.names.at(document.offset(position))
    found = document.names.declaration(own) if own else None
    return types.Location(document.uri, document.range(found.span)) if found else None


def references(
    document: Document, position: types.Position, with_declaration: bool
) -> list[types.Location]:
    """Where the name at a position is used, and declared."""
    own = document.names.at(document.offset(position))
    return [
        types.Location(document.uri, document.range(found.span))
        for found in (document.names.same(own) if own else ())
        if with_declaration or not found.kind
    ]


def prepare_rename(document: Document, position: types.Position) -> types.Range | None:
    """The range of the name that would be renamed; None where there is none of the text's own."""
    own = document.names.at(document.offset(position))
    if own is None or document.names.declaration(own) is None:
        return None
    return document.range(own.span)


def rename(document: Document, position: types.Position, new: str) -> types.WorkspaceEdit | None:
    """The change of a name everywhere.

    Raises:
        RefusedError: the new name is none, is taken, or would change what the text says.
    """
    own = document.names.at(document.offset(position))
    if own is None or document.names.declaration(own) is None:
        return None
    same = document.names.same(own)
    _check_name(document, own, same, new)
    text = document.source.text
    for found in reversed(same):
        text = text[: found.span.start] + new + text[found.span.end :]
    before = len(document.understood.report.errors)
    if len(understand(Source(document.source.name, text), document.base).report.errors) > before:
        raise RefusedError(f"with the name {new} the text would no longer be right")
    edits = [types.TextEdit(document.range(found.span), new) for found in same]
    return types.WorkspaceEdit(changes={document.uri: edits})


def _check_name(
    document: Document, own: Occurrence, same: tuple[Occurrence, ...], new: str
) -> None:
    tokens = lex(Source("", new)).tokens
    if not _NAME.fullmatch(new) or [t.type for t in tokens] != ["NAME"]:
        raise RefusedError(f"{new!r} is not a name: letters, digits and _, and no keyword")
    if new in BUILT_IN:
        raise RefusedError(f"{new} is built in")
    taken = {found.name for found in document.names.occurrences if found.scope in (None, own.scope)}
    if new != own.name and new in taken:
        raise RefusedError(f"{new} is a name of this text already")
    in_derivatives = _is_coordinate(document, own) and any(found.part for found in same)
    if in_derivatives and not (len(new) == 1 or new in GREEK):
        raise RefusedError(
            f"{own.name} stands in derivatives such as u_{own.name}, where coordinates have one "
            "letter"
        )


def _is_coordinate(document: Document, own: Occurrence) -> bool:
    declared = document.names.declaration(own)
    return declared is not None and declared.kind in ("coordinate", "time", "param")
