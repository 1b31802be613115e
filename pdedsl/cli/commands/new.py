"""``pdedsl new``: a file to start from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from pdedsl.cli.console import emit, emit_json, say
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import completing, examples, json_option


def _kinds() -> Iterable[str]:
    from pdedsl.guide import TEMPLATES

    return TEMPLATES


@click.command(
    "new", epilog=examples("pdedsl new", "pdedsl new heat > heat.pde", "pdedsl new wave -o w.pde")
)
@click.argument("kind", required=False, shell_complete=completing(_kinds))
@click.option("--out", "-o", metavar="FILE", help="Write a new file in place of standard output.")
@json_option()
def command(kind: str | None, out: str | None, as_json: bool) -> int:
    """Print a complete file of a KIND of problem, to be changed into yours; without KIND, a list.

    Each can be checked and solved as it is.
    """
    from pdedsl.guide import template

    if kind is None:
        _list(as_json)
        return 0
    text = template(_known(kind))
    if out is not None:
        _write(Path(out), text)
        say(f"{out} is written; next: pdedsl solve {out}")
    elif as_json:
        emit_json({"kind": kind, "text": text})
    else:
        emit(text.rstrip("\n"))
    return 0


def _list(as_json: bool) -> None:
    from pdedsl.guide import TEMPLATES, template

    rows = [{"kind": kind, "what": _first_line(template(kind))} for kind in TEMPLATES]
    if as_json:
        emit_json({"templates": rows})
        return
    width = max(len(row["kind"]) for row in rows)
    for row in rows:
        emit(f"{row['kind']:{width}}  {row['what']}")


def _first_line(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _known(kind: str) -> str:
    """The kind, where there is a template of it.

    Raises:
        click.UsageError: there is none; the message has the nearest.
    """
    from pdedsl.diagnostics import did_you_mean
    from pdedsl.guide import TEMPLATES

    if kind in TEMPLATES:
        return kind
    hint = did_you_mean(kind, TEMPLATES) or f"there are: {', '.join(TEMPLATES)}"
    raise click.UsageError(f"there is no template {kind!r}; {hint}")


def _write(path: Path, text: str) -> None:
    """Write a file that is not there yet."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Failure(f"{path} is there already; name another file") from None
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from error
