"""``pdedsl plot``: sections, lines, animations and pages of a saved run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import small


@pytest.fixture
def heat(place: Path) -> None:
    small.solved(small.HEAT).save(place / "saved")


def test_commands(run, heat, place: Path) -> None:
    result = run("plot", "saved", "--field", "u", "--at", "t=0.5", "--out", "p")
    assert (result.exit_code, result.stdout.split()) == (0, ["p/solution_u_t0.5.png"])
    result = run("plot", "saved", "--line", "x=0,t=0", "x=1", "--out", "p")
    assert result.exit_code == 0 and Path(result.stdout.strip()).is_file()
    assert run("plot", "saved", "--at", "t=0.5", "--animate", "u.gif").exit_code == 2
    assert "there is no input q" in run("plot", "saved", "--at", "q=1").stderr
    assert "expected a name, = and a number" in run("plot", "saved", "--at", "t").stderr


def test_a_report_needs_nothing_beside_it(run, heat, place: Path) -> None:
    assert run("plot", "saved", "--report", "page.html").exit_code == 0
    page = (place / "page.html").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in page
    assert page.count("data:image/png;base64,") >= 2
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "rms eq" in page and "eq:" in page
    again = run("plot", "saved", "--report", "page.html")
    assert again.exit_code == 2 and "nothing is overwritten" in again.stderr
