"""The group of commands, and what becomes of an error in one of them."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from pdedsl.diagnostics import UserError

from .console import emit_json, rejection, say, show_diagnostics
from .failure import OUT_OF_MEMORY, Failure, is_out_of_memory

# Command to the module that holds it.
_COMMANDS = {
    "new": "new",
    "check": "check",
    "fmt": "fmt",
    "show": "show",
    "analyze": "analyze",
    "solve": "solve",
    "resume": "resume",
    "sweep": "sweep",
    "runs": "runs",
    "compare": "compare",
    "eval": "evaluate",
    "export": "export",
    "plot": "plot",
    "list": "listing",
    "explain": "explain",
    "lsp": "lsp",
    "mcp": "mcp",
    "schema": "schema",
}
_BROKEN_PIPE = 141
_INTERRUPTED = 130
_DEFECT = 70
_UNWRITABLE = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO])

_HELP = """A language for partial differential equations, solved by neural networks.

\b
Examples:
  pdedsl check specs/helmholtz.pde
  pdedsl solve specs/helmholtz.pde --budget 60
  pdedsl solve specs/burgers.pde --method adam_lbfgs --json > result.json
  pdedsl eval runs/helmholtz-001 --at x=0.5,y=0.25
\b
Completion of commands and options in a shell (bash; zsh and fish likewise):
  eval "$(_PDEDSL_COMPLETE=bash_source pdedsl)"
"""


class Program(click.Group):
    """Commands are imported when they are used, so that ``check`` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"pdedsl.cli.commands.{_COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one gets the nearest name."""
        from pdedsl.diagnostics import did_you_mean

        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], _COMMANDS) or f"commands: {', '.join(_COMMANDS)}"
            ctx.fail(f"no such command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; its return value is the exit status."""
        try:
            code = super().invoke(ctx)
            if sys.stdout is not None:  # it is None where the caller closed it
                sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except UserError as error:
            _show_user_error(ctx, error)
        except Failure as failure:
            _show_failure(ctx, failure)
        except (KeyboardInterrupt, click.Abort):
            say("interrupted")
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            _be_silent()
            ctx.exit(_BROKEN_PIPE)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _UNWRITABLE:
                _be_silent()
                say(f"pdedsl: cannot write the output: {error.strerror}")
                ctx.exit(3)
            if is_out_of_memory(error):
                _show_failure(ctx, Failure(OUT_OF_MEMORY))
            _defect(ctx, error)
        ctx.exit(code if isinstance(code, int) else 0)


def _show_user_error(ctx: click.Context, error: UserError) -> NoReturn:
    show_diagnostics(error.diagnostics, error.source)
    if ctx.meta.get("pdedsl.json"):
        emit_json(rejection(error))
    ctx.exit(1)


def _show_failure(ctx: click.Context, failure: Failure) -> NoReturn:
    say(f"pdedsl: {failure}")
    if ctx.meta.get("pdedsl.json"):
        emit_json({"status": "failed", "reason": str(failure)})
    ctx.exit(failure.code)


def _defect(ctx: click.Context, error: Exception) -> NoReturn:
    from .crash import describe

    if os.environ.get("PDEDSL_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    say(describe(error))
    ctx.exit(_DEFECT)


def _be_silent() -> None:
    """Nobody reads any more: what is still buffered goes nowhere, without complaint."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from pdedsl.runs.versions import versions

    found = versions()
    click.echo(f"pdedsl {found.pop('pdedsl')}")
    click.echo(", ".join(f"{name} {number}" for name, number in found.items()))
    ctx.exit()


@click.group(cls=Program, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the versions of pdedsl and of the libraries that numbers depend on.",
)
def program() -> None:
    """Hold the commands."""
