"""Mends as quick fixes: each is tried before it is offered."""

from __future__ import annotations

from lsprotocol import types

from pdedsl.sema.repairs import repairs

from .document import Document
from .reports import reports


def fixes(document: Document, asked: types.Range) -> list[types.CodeAction]:
    """The mends of the diagnostics that a range touches, where they can be typed."""
    wanted = document.span(asked)
    shown = reports(document)
    actions = []
    for found, report in zip(document.diagnostics, shown, strict=True):
        own = document.span(report.range)
        if found.mend is None or own.end < wanted.start or wanted.end < own.start:
            continue
        made = list(repairs(found, document.source, document.base))
        for number, repair in enumerate(made):
            edits = [types.TextEdit(document.range(e.span), e.text) for e in repair.edits]
            actions.append(
                types.CodeAction(
                    title=repair.title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[report],
                    is_preferred=number == 0 and len(made) == 1,
                    edit=types.WorkspaceEdit(changes={document.uri: edits}),
                )
            )
    return actions
