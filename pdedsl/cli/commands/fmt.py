"""``pdedsl fmt``: rewrite specs in the canonical spelling."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from pdedsl.cli.console import emit, say, show_diagnostics
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples
from pdedsl.diagnostics import Source, UserError

_STDIN = "-"


@click.command(
    "fmt",
    epilog=examples(
        "pdedsl fmt specs/*.pde",
        "pdedsl fmt --check --diff specs/*.pde",
        "cat draft.pde | pdedsl fmt -",
    ),
)
@click.argument("files", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a file would change.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
def command(files: tuple[str, ...], check: bool, diff: bool) -> int:
    """Rewrite specs in the canonical spelling; - reads standard input, writes standard output."""
    outcomes = [_format(name, check, diff) for name in files]
    return 1 if "error" in outcomes or (check and "changed" in outcomes) else 0


def _format(name: str, check: bool, diff: bool) -> str:
    """Treat one file; returns ``same``, ``changed`` or ``error``."""
    from pdedsl.syntax import format_source

    try:
        source = _source(name)
        text = format_source(source)
    except UserError as error:
        show_diagnostics(error.diagnostics, error.source)
        return "error"
    before = source.text if name == _STDIN else Path(name).read_bytes().decode("utf-8")
    if diff:
        _show_diff(name, before, text)
    if check and text != before:
        say(f"{name}: would be reformatted")
    if not check and not diff:
        _write(name, before, text)
    return "same" if text == before else "changed"


def _source(name: str) -> Source:
    from pdedsl.syntax import load_source

    if name != _STDIN:
        return load_source(name)
    raw = sys.stdin.buffer.read()
    try:
        return Source("<stdin>", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        from pdedsl.diagnostics import Diagnostic

        message = f"the byte 0x{raw[error.start]:02X} is not UTF-8 text"
        raise UserError([Diagnostic("E111", message)], Source("<stdin>", "")) from None


def _write(name: str, before: str, text: str) -> None:
    if name == _STDIN:
        click.echo(text, nl=False)
    elif text != before:
        from pdedsl.runs import write_text

        try:
            write_text(Path(name), text)
        except OSError as error:
            raise Failure(f"cannot write {name}: {error.strerror}; it is unchanged") from error
        say(f"{name}: reformatted")


def _show_diff(name: str, before: str, after: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name, f"{name} (formatted)", lineterm=""
    )
    for line in lines:
        emit(line)
