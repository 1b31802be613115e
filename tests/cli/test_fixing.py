"""``check --fix``: mends that leave no choice are typed into the file, others are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pdedsl.cli.program import program

WRONG = """# kept
domain Omega: (x, y) in [0, 1)^2
unknown u(x, y)
eq: lap(u) = 2 x - y
bc: u = 0 on boundry
"""
MENDED = """# kept
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 2*x - y
bc: u = 0 on boundary
"""


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "own.pde"


def check(*options: str):
    return CliRunner().invoke(program, ["check", "own.pde", *options])


def test_several_mistakes_are_mended(file: Path) -> None:
    file.write_text(WRONG, encoding="utf-8")
    result = check("--fix")
    assert result.exit_code == 0, result.output
    assert file.read_text(encoding="utf-8") == MENDED
    assert "own.pde:4: mended: write 2*x" in result.output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("on boundary", "on x = 0, x = 1, y = 0"), ("eq: lap(u)", "eq: frobnicate(u)")],
)
def test_what_leaves_a_choice_stays(file: Path, right: str, wrong: str) -> None:
    text = MENDED.replace(right, wrong)
    file.write_text(text, encoding="utf-8")
    result = check("--fix", "--strict")
    assert result.exit_code == 1
    assert file.read_text(encoding="utf-8") == text
    assert "mended" not in result.output


def test_without_the_option_nothing_is_written(file: Path) -> None:
    file.write_text(WRONG, encoding="utf-8")
    assert check().exit_code == 1
    assert file.read_text(encoding="utf-8") == WRONG


def test_a_file_that_is_missing_is_told(file: Path) -> None:
    result = check("--fix")
    assert result.exit_code == 1
    assert "there is no such file" in result.output
