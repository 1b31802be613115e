"""Reading a TOML text into plain data, with the place of every key."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pdedsl.diagnostics import Diagnostic, Source, Span, UserError

from .toml_places import Entry, Path, places

_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_COLON = re.compile(r"^\s*([\w.-]+)\s*:\s*(\S.*)$")
_BARE_WORD = re.compile(r"^\s*([\w.-]+)\s*=\s*([A-Za-z_][\w-]*)\s*$")


def read(source: Source) -> tuple[dict[str, Any], dict[Path, Entry]]:
    """Data of a TOML text and where its keys and values stand.

    Raises:
        UserError: the text is not TOML (E801).
    """
    try:
        # Line breaks are not normalised here, so that the offsets stay those of the source.
        data = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise UserError([_syntax(str(error), source)], source) from None
    except RecursionError:
        message = "the method is nested too deeply to be read"
        raise UserError([Diagnostic("E801", message)], source) from None
    return data, places(source.text)


def _syntax(message: str, source: Source) -> Diagnostic:
    match = _WHERE.search(message)
    reason = _WHERE.sub("", message)
    reason = reason[:1].lower() + reason[1:]
    if match is None or match.group(1) is None:
        end = len(source.text.rstrip())
        span, line = Span(max(end - 1, 0), max(end, 1)), ""
    else:
        number = int(match.group(1))
        line = source.line(number)
        start = _offset(source, number, int(match.group(2)))
        span = Span(start, start + 1)
    text = f"this is not TOML, in which a line reads key = value: {reason}"
    return Diagnostic("E801", text, span, _mend(line))


def _offset(source: Source, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = source.text.index("\n", start) + 1
    return min(start + column - 1, max(len(source.text) - 1, 0))


def _mend(line: str) -> str | None:
    line = line.split("#", 1)[0].rstrip()
    if match := _COLON.match(line):
        return f"write {match.group(1)} = {match.group(2)}"
    if (match := _BARE_WORD.match(line)) and match.group(2) not in ("true", "false"):
        word = match.group(2)
        if word.lower() in ("true", "false"):
            return f"write {match.group(1)} = {word.lower()}"
        return f'write {match.group(1)} = "{word}", with quotes'
    return None
