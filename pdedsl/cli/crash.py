"""A defect of the program: say so, and leave a report that can be sent."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path

from pdedsl.runs.versions import versions

_MOST_TEXT = 100_000


def describe(error: Exception) -> str:
    """A few sentences for the user, after writing the report to the temporary folder."""
    head = f"internal error: {type(error).__name__}: {error}"
    advice = "This is a defect of pdedsl, not of your file."
    try:
        path = _write(report(error, sys.argv[1:]))
    except OSError:
        return f"{head}\n{advice} Run it again with PDEDSL_DEBUG=1 and report what is printed."
    return f"{head}\n{advice} Please report it with the file {path}"


def report(error: Exception, arguments: list[str]) -> str:
    """Versions, arguments, traceback and the texts of the specs that were named."""
    lines = [f"{name} {number}" for name, number in versions().items()]
    lines += [f"platform {sys.platform}", f"arguments {arguments}", ""]
    lines += traceback.format_exception(error)
    for name in arguments:
        if name.endswith((".pde", ".toml")):
            lines += ["", f"--- {name}", _text(Path(name))]
    return "\n".join(lines) + "\n"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:_MOST_TEXT]
    except OSError as error:
        return f"(cannot be read: {error})"


def _write(text: str) -> str:
    handle, name = tempfile.mkstemp(prefix="pdedsl-report-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    return name
