"""A small client of the language server: JSON-RPC over the standard streams of a real process."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

from tests.conftest import ROOT

_PATIENCE = 60.0


class Client:
    """Starts ``pdedsl lsp``, opens texts, asks, and keeps what the server tells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pdedsl", "lsp"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self.pid = self._process.pid
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        self._number = 0
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._process.stderr.read, daemon=True).start()
        self.abilities = self.ask(
            "initialize", processId=os.getpid(), rootUri=folder.as_uri(), capabilities={}
        )["capabilities"]
        self.tell("initialized")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("shutdown")
        self.tell("exit")
        self.status = self._process.wait(timeout=_PATIENCE)
        self._process.stdin.close()

    def tell(self, method: str, **params: Any) -> None:
        """A notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a request; an error raises `RuntimeError` with its message."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        answer = self._wait(lambda m: m.get("id") == self._number and "method" not in m)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer["result"]

    def open(self, text: str, name: str = "own.pde") -> str:
        """Open a text; its URI."""
        uri = (self.folder / name).as_uri()
        item = {"uri": uri, "languageId": "pde", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=item)
        return uri

    def change(self, uri: str, text: str, version: int) -> None:
        """Replace the whole text."""
        self.tell(
            "textDocument/didChange",
            textDocument={"uri": uri, "version": version},
            contentChanges=[{"text": text}],
        )

    def diagnostics(self, uri: str, version: int, code: str | None = None) -> list[dict[str, Any]]:
        """The first diagnostics of a version; with a code, the first that have it."""

        def fits(message: dict[str, Any]) -> bool:
            params = message.get("params", {})
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            is_it = params["uri"] == uri and params.get("version") == version
            return is_it and (code is None or code in [d["code"] for d in params["diagnostics"]])

        return self._wait(fits)["params"]["diagnostics"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _wait(self, fits: Any) -> dict[str, Any]:
        for message in self._kept:
            if fits(message):
                self._kept.remove(message)
                return message
        while True:
            message = self._messages.get(timeout=_PATIENCE)
            if fits(message):
                return message
            self._kept.append(message)

    def _listen(self) -> None:
        stream = self._process.stdout
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
                while stream.readline().strip():
                    pass
                self._messages.put(json.loads(stream.read(length)))
