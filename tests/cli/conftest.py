"""Runs the command line in this process."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
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
def run(place, monkeypatch) -> Callable[..., Any]:
    """``run("check", "line.pde")``: exit_code, stdout and stderr, as wide as they are in a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def call(*arguments: object, **options: Any) -> Any:
        return CliRunner().invoke(
            program, [str(a) for a in arguments], prog_name="pdedsl", **options
        )

    return call


@pytest.fixture(autouse=True)
def signals_of_a_terminal() -> Iterator[None]:
    """Tests that run in the background inherit signals that are ignored, which stay ignored."""
    ordinary = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL,
                signal.SIGHUP: signal.SIG_DFL}  # fmt: skip
    before = {number: signal.signal(number, handler) for number, handler in ordinary.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
