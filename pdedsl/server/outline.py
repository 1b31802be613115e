"""The outline of a text: its declarations and laws, in order."""

from __future__ import annotations

from lsprotocol import types

from pdedsl.diagnostics import Span

from .document import Document

_KINDS = {
    "param": types.SymbolKind.Constant,
    "let": types.SymbolKind.Variable,
    "operator": types.SymbolKind.Operator,
    "region": types.SymbolKind.Class,
    "domain": types.SymbolKind.Namespace,
    "time": types.SymbolKind.Namespace,
    "interface": types.SymbolKind.Interface,
    "unknown": types.SymbolKind.Field,
    "data": types.SymbolKind.Array,
    "output": types.SymbolKind.Number,
}


def outline(document: Document) -> list[types.DocumentSymbol]:
    """A symbol for each name that is declared, and for each law."""
    symbols = []
    names = [own for own in document.names.declared.values() if own.kind in _KINDS]
    names.sort(key=lambda own: own.span, reverse=True)
    for chunk in document.names.chunks:
        first, span = str(chunk.tokens[0]), chunk.span
        if chunk.tokens[0].type == "LAW":
            symbols.append(_law(document, span, first))
        elif chunk.tokens[0].type == "PROBLEM" and len(chunk.tokens) > 1:
            title = str(chunk.tokens[1]).strip('"') or first
            symbols.append(_symbol(document, span, span, title, first, types.SymbolKind.File))
        while names and names[-1].span.start < span.end:
            own = names.pop()
            symbols.append(_symbol(document, span, own.span, own.name, first, _KINDS[own.kind]))
    return symbols


def _law(document: Document, span: Span, kind: str) -> types.DocumentSymbol:
    text = " ".join(document.source.slice(span).split())
    label, _, body = text.partition(":")
    return _symbol(
        document, span, span, label.strip() or kind, body.strip(), types.SymbolKind.Event
    )


def _symbol(
    document: Document, whole: Span, name: Span, text: str, detail: str, kind: types.SymbolKind
) -> types.DocumentSymbol:
    return types.DocumentSymbol(text, kind, document.range(whole), document.range(name), detail)
