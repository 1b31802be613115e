"""The server itself: features registered, texts kept, diagnostics sent in two steps.

Syntax, names, shapes and laws are told at once after every change. Lints take longer, up to some
tenths of a second: they are looked for once the text has rested, beside the loop, and given up at
the next change.
"""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import version

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from pdedsl.diagnostics import Source, UserError
from pdedsl.syntax import format_source

from .completion import completion
from .document import Document
from .fixes import fixes
from .highlighting import LEGEND, semantic_tokens
from .hover import hover
from .navigation import RefusedError, definition, prepare_rename, references, rename
from .outline import outline
from .reports import reports

_REST = 0.2
"""Seconds without a change before lints are looked for: typing has about five letters a second."""

_log = logging.getLogger(__name__)


class Server(LanguageServer):
    """Keeps an understood version of every open text."""

    def __init__(self) -> None:
        super().__init__("pdedsl", version("pdedsl"))
        self._documents: dict[str, Document] = {}
        self._searches: dict[str, asyncio.Task[None]] = {}

    def document(self, uri: str) -> Document:
        """The text as it is now."""
        text = self.workspace.get_text_document(uri)
        known = self._documents.get(uri)
        if known is None or known.version != text.version or known.source.text != text.source:
            known = self._documents[uri] = Document(text)
        return known

    def changed(self, uri: str) -> None:
        """Tell what is wrong at once, and what is doubtful once the text rests."""
        document = self.document(uri)
        self._publish(document)
        self._give_up(uri)
        self._searches[uri] = asyncio.get_running_loop().create_task(self._search(document))

    def closed(self, uri: str) -> None:
        """Forget a text and what was said of it."""
        self._give_up(uri)
        self._documents.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _give_up(self, uri: str) -> None:
        if (running := self._searches.pop(uri, None)) is not None:
            running.cancel()

    async def _search(self, document: Document) -> None:
        """Look for lints, one after another, in a thread, so that the loop goes on."""
        await asyncio.sleep(_REST)
        found = []
        lints = document.find_lints()
        try:
            while (lint := await asyncio.to_thread(next, lints, None)) is not None:
                found.append(lint)
        except Exception:
            _log.exception("a lint failed in %s", document.uri)
        if self._documents.get(document.uri) is document:
            document.lints = tuple(found)
            self._publish(document)

    def _publish(self, document: Document) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(document.uri, reports(document), document.version)
        )


def make_server() -> Server:
    """A server with all features."""
    server = Server()
    _register_texts(server)
    _register_questions(server)
    _register_changes(server)
    return server


def _register_texts(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(own: Server, params: types.DidOpenTextDocumentParams) -> None:
        own.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(own: Server, params: types.DidChangeTextDocumentParams) -> None:
        own.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(own: Server, params: types.DidSaveTextDocumentParams) -> None:
        own.changed(params.text_document.uri)  # tables beside the text may have changed

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(own: Server, params: types.DidCloseTextDocumentParams) -> None:
        own.closed(params.text_document.uri)


def _register_questions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def on_hover(own: Server, params: types.HoverParams) -> types.Hover | None:
        return hover(own.document(params.text_document.uri), params.position)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["."])
    )
    def on_completion(own: Server, params: types.CompletionParams) -> types.CompletionList:
        return completion(own.document(params.text_document.uri), params.position)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def on_definition(own: Server, params: types.DefinitionParams) -> types.Location | None:
        return definition(own.document(params.text_document.uri), params.position)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def on_references(own: Server, params: types.ReferenceParams) -> list[types.Location]:
        document = own.document(params.text_document.uri)
        return references(document, params.position, params.context.include_declaration)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_outline(own: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return outline(own.document(params.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND)
    def on_tokens(own: Server, params: types.SemanticTokensParams) -> types.SemanticTokens:
        return semantic_tokens(own.document(params.text_document.uri))


def _register_changes(server: Server) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def on_fixes(own: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        return fixes(own.document(params.text_document.uri), params.range)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def on_prepare(own: Server, params: types.PrepareRenameParams) -> types.Range | None:
        return prepare_rename(own.document(params.text_document.uri), params.position)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def on_rename(own: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
        try:
            document = own.document(params.text_document.uri)
            return rename(document, params.position, params.new_name)
        except RefusedError as reason:
            raise JsonRpcInvalidParams(str(reason)) from None

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def on_format(
        own: Server, params: types.DocumentFormattingParams
    ) -> list[types.TextEdit] | None:
        document = own.document(params.text_document.uri)
        return _formatted(document, document.source)


def _formatted(document: Document, source: Source) -> list[types.TextEdit] | None:
    """The whole text in the canonical spelling; nothing where it does not follow the grammar."""
    try:
        text = format_source(source)
    except UserError:
        return None
    whole = types.Range(document.position(0), document.position(len(source.text)))
    return [] if text == source.text else [types.TextEdit(whole, text)]
