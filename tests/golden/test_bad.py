"""Wrong files with their diagnostics; every code of the catalogue has one.

A file whose first line is ``# --set k=2`` is checked with that parameter value.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from pdedsl import api
from pdedsl.diagnostics import CODES, Diagnostic, Source, UserError, render

FOLDER = Path(__file__).parent / "bad"
FILES = sorted(FOLDER.glob("*.pde"))
ELSEWHERE = {"E801", "E802", "E804", "E901"}
"""Codes of method files, of run folders and of `solve`, which have their own tests."""


def overrides(path: Path) -> dict[str, float]:
    found = re.match(rb"# --set (\w+)=(\S+)\n", path.read_bytes())
    return {found[1].decode(): float(found[2])} if found else {}


@cache
def check(path: Path) -> tuple[tuple[Diagnostic, ...], Source]:
    """What is wrong with a file, looked for once."""
    try:
        _, report, source = api.check(path, overrides(path))
    except UserError as error:
        return tuple(error.diagnostics), error.source
    return tuple(report), source


def diagnostics(path: Path) -> str:
    found, source = check(path)
    text = "\n".join(render(d, source) for d in found)
    return text.replace(str(FOLDER) + "/", "") + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_diagnostics(path: Path, golden) -> None:
    text = diagnostics(path)
    assert text.strip(), "a wrong file was accepted without a word"
    golden(path.with_suffix(".expected"), text)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_one_diagnostic_for_one_mistake(path: Path) -> None:
    found, _ = check(path)
    assert len(found) == 1 or path.stem.startswith("several_")


def test_every_code_has_a_file() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in FOLDER.glob("*.expected"))
    assert sorted(c for c in CODES if f"[{c}]" not in text and c not in ELSEWHERE) == []
    assert len(FILES) >= 200


def test_every_expected_text_has_its_file() -> None:
    stems = {p.stem for p in FILES}
    assert sorted(p.stem for p in FOLDER.glob("*.expected") if p.stem not in stems) == []
