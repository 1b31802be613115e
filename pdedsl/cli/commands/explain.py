"""``pdedsl explain``: what a code means, with an example and its mend."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pdedsl.cli.console import emit, emit_json
from pdedsl.cli.options import completing, examples, json_option

if TYPE_CHECKING:
    from pdedsl.guide import Explanation

_WIDTH = 96


def _codes() -> Iterable[str]:
    from pdedsl.diagnostics import CODES

    return CODES


@click.command("explain", epilog=examples("pdedsl explain E104", "pdedsl explain L101 L105"))
@click.argument("codes", nargs=-1, required=True, shell_complete=completing(_codes))
@json_option("one JSON object, or a list of them for several codes,")
def command(codes: tuple[str, ...], as_json: bool) -> int:
    """Explain codes of diagnostics: what they mean, an example, and its mend.

    `pdedsl list codes` shows all of them.
    """
    from pdedsl.guide import explanation

    found = [explanation(_known(code)) for code in codes]
    if as_json:
        data = [asdict(own) for own in found]
        emit_json(data[0] if len(data) == 1 else data)
    else:
        emit("\n\n\n".join(page(own) for own in found))
    return 0


def _known(code: str) -> str:
    """The code in its own spelling.

    Raises:
        click.UsageError: there is no such code; the message has the nearest.
    """
    from pdedsl.diagnostics import CODES, did_you_mean

    if (own := code.strip("[]").upper()) in CODES:
        return own
    hint = did_you_mean(own, CODES) or "pdedsl list codes shows all"
    raise click.UsageError(f"there is no code {code!r}; {hint}")


def page(own: Explanation) -> str:
    """The explanation as text."""
    parts = [f"{own.code}: {own.title}", textwrap.fill(own.means, _WIDTH)]
    parts += [f"{name}:\n{_set_in(text)}" for name, text in own.files.items()]
    parts.append(f"{own.file}:\n{_set_in(own.wrong)}")
    if said := _said(own):
        parts.append(said)
    elif own.command != own.mended_command:
        parts.append(f"Wrong:\n    {own.command}")
    if own.mended != own.wrong:
        parts.append(f"Mended:\n{_set_in(own.mended)}")
    if own.command != own.mended_command:
        parts.append(f"Right:\n    {own.mended_command}")
    return "\n\n".join(parts)


def _set_in(text: str) -> str:
    return textwrap.indent(text.rstrip("\n"), "    ")


def _said(own: Explanation) -> str:
    """What `pdedsl check` says of the example; nothing where that needs more than its text."""
    if own.files or own.command != f"pdedsl check {own.file}" or own.mended == own.wrong:
        return ""
    from pathlib import Path

    from pdedsl.diagnostics import Source, render
    from pdedsl.sema import examine

    source = Source(own.file, own.wrong)
    _, report = examine(source, Path())
    return "\n".join(render(diagnostic, source) for diagnostic in report)
