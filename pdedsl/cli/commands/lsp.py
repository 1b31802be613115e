"""``pdedsl lsp``: the language server, which editors start."""

from __future__ import annotations

import os
import sys

import click

from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples


@click.command("lsp", epilog=examples("pdedsl lsp"))
@click.option("--stdio", is_flag=True, help="Speak over standard input and output, as always.")
def command(stdio: bool) -> int:
    """Serve editors: diagnostics while typing, mends, hover, completion, rename, outline.

    An editor starts it, and speaks with it over standard input and output in the Language Server
    Protocol. Needs the optional dependencies: pip install 'pdedsl[lsp]'.
    """
    try:
        from pdedsl.server.application import make_server
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise Failure(
            f"the language server needs {error.name}: pip install 'pdedsl[lsp]'"
        ) from None
    # The server closes its stream at the end; and nothing else may write into the protocol.
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    make_server().start_io(sys.stdin.buffer, stream)
    return 0
