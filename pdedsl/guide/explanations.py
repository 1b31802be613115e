"""What the codes of diagnostics mean, each with an example that gives the code and its mend.

The texts are the files of ``grammar/explanations``; the tests run every example.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pdedsl.diagnostics import CODES
from pdedsl.syntax.package_data import grammar_file

_FILES = ("syntax", "names", "shapes", "sets", "laws", "tables", "methods", "lints")


@dataclass(frozen=True)
class Explanation:
    """One code explained.

    Args:
        code: key of `diagnostics.CODES`.
        title: its line in the catalogue.
        means: what it says of a text, in one line.
        wrong: the text of an example that gives the code.
        mended: the same text without the mistake; the same text where the command is mended.
        file: name of the example's file.
        command: that gives the code, in a folder with the file.
        mended_command: that does not.
        files: name to text of the other files of the example.
    """

    code: str
    title: str
    means: str
    wrong: str
    mended: str
    file: str
    command: str
    mended_command: str
    files: Mapping[str, str] = field(default_factory=dict)


def explanation(code: str) -> Explanation:
    """The explanation of a code such as ``"E104"``.

    Raises:
        KeyError: there is no such code.
    """
    return _explanation(code, _texts()[code])


@cache
def _texts() -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for name in _FILES:
        found |= tomllib.loads(grammar_file(f"explanations/{name}.toml"))
    return found


def _explanation(code: str, entry: Mapping[str, Any]) -> Explanation:
    mended = wrong = entry["wrong"]
    for old, new in entry.get("mend", ()):
        mended = mended.replace(old, new, 1)
    file = entry.get("file", "problem.pde")
    command = entry.get("command", f"pdedsl check {file}")
    return Explanation(
        code=code,
        title=CODES[code],
        means=" ".join(entry["means"].split()),
        wrong=wrong,
        mended=mended,
        file=file,
        command=command,
        mended_command=entry.get("mended_command", command),
        files=entry.get("files", {}),
    )
