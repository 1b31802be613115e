"""Diagnostics as an editor shows them."""

from __future__ import annotations

from lsprotocol import types

from pdedsl.diagnostics import Diagnostic, Severity, Span

from .document import Document

_SEVERITY = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.LINT: types.DiagnosticSeverity.Warning,
}
_UNUSED = "L109"


def reports(document: Document) -> list[types.Diagnostic]:
    """All diagnostics of a text, with their mends and the places that they speak of."""
    return [_report(document, found) for found in document.diagnostics]


def _report(document: Document, found: Diagnostic) -> types.Diagnostic:
    notes = [note for note in found.notes if note.span and not _elsewhere(document, note.span)]
    remarks = [note.message for note in found.notes if note not in notes]
    span, where = found.span, _elsewhere(document, found.span) if found.span else ""
    if where:  # in an included file: shown where the first one is included
        start = max(document.source.text.find("include"), 0)
        span = Span(start, start + len("include"))
    lines = [where + found.message, *([found.mend] if found.mend else []), *remarks]
    return types.Diagnostic(
        range=document.range(span),
        message="\n".join(lines),
        severity=_SEVERITY[found.severity],
        code=found.code,
        source="pdedsl",
        tags=[types.DiagnosticTag.Unnecessary] if found.code == _UNUSED else None,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(document.uri, document.range(note.span)), note.message
            )
            for note in notes
            if note.span is not None
        ],
    )


def _elsewhere(document: Document, span: Span) -> str:
    """File, line and column of a place in an included file; empty for one in the text itself."""
    part, place = document.source.located(span)
    if part is document.source:
        return ""
    line, column = part.position(place.start)
    return f"{part.name}:{line}:{column}: "
