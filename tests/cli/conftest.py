"""Runs the command line in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pdedsl.cli.program import program
from tests import small


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A working directory with a few specs and a quick method."""
    monkeypatch.chdir(tmp_path)
    for name in ("line", "plane", "heat", "number"):
        (tmp_path / f"{name}.pde").write_text(getattr(small, name.upper()))
    (tmp_path / "quick.toml").write_text(small.TOML)
    return tmp_path


@pytest.fixture
def run(place) -> Callable[..., Any]:
    """``run("check", "line.pde")``: exit_code, stdout and stderr."""

    def call(*arguments: object, **options: Any) -> Any:
        return CliRunner().invoke(
            program, [str(a) for a in arguments], prog_name="pdedsl", **options
        )

    return call
