"""Every spec of the gallery passes `check` without a single finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from checking import SPECS, report

FILES = sorted(SPECS.glob("*.pde"))


def test_there_are_specs() -> None:
    assert len(FILES) >= 30


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_spec_is_clean(file: Path) -> None:
    problem, found = report(file.read_text(encoding="utf-8"))
    assert [(d.code, d.message) for d in found] == []
    assert problem is not None
