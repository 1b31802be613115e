"""``pdedsl mcp``: tools for language models."""

from __future__ import annotations

import click

from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples


@click.command("mcp", epilog=examples("pdedsl mcp"))
def command() -> int:
    """Serve language models: check, analyze, solve, eval, list, explain and new as tools.

    A client of the Model Context Protocol starts it, and speaks with it over standard input and
    output; runs are saved below its working directory. Needs: pip install 'pdedsl[mcp]'.
    """
    try:
        from pdedsl.server.assistant import make_assistant
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise Failure("the server needs the package mcp: pip install 'pdedsl[mcp]'") from None
    make_assistant().run("stdio")
    return 0
