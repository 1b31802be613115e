"""Every code is explained by an example that gives it, and by a mend that takes it away."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from pdedsl.cli.program import program
from pdedsl.diagnostics import CODES
from pdedsl.guide import Explanation, explanation
from tests.conftest import ROOT


def run(command: str, strict: bool = False) -> tuple[str, int]:
    """What the command says, and its exit status."""
    name, *arguments = shlex.split(command)
    assert name == "pdedsl"
    if arguments[0] == "solve":
        arguments.append("--no-plots")
    if strict and arguments[0] == "check":
        arguments.insert(1, "--strict")
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code in (0, 1, 3), result.output
    return result.output, result.exit_code


def lay_out(example: Explanation, text: str) -> None:
    for name, content in {**example.files, example.file: text}.items():
        Path(name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_the_example_gives_the_code_and_the_mend_none(code: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    example = explanation(code)
    lay_out(example, example.wrong)
    said, _ = run(example.command)
    assert f"[{code}]" in said
    lay_out(example, example.mended)
    said, status = run(example.mended_command, strict=True)
    assert "error[" not in said
    assert "lint[" not in said
    assert status == 0 or "solve" in example.mended_command
    assert (example.wrong, example.command) != (example.mended, example.mended_command)


@pytest.mark.parametrize("code", CODES)
def test_the_page_has_the_example_and_what_is_said_of_it(code: str) -> None:
    result = CliRunner().invoke(program, ["explain", code.lower()])
    assert result.exit_code == 0
    assert result.output.startswith(f"{code}: {CODES[code]}\n")
    example = explanation(code)
    for line in (example.wrong + example.mended).splitlines():
        assert f"    {line}".rstrip() in result.output


def test_nothing_else_is_explained() -> None:
    import tomllib

    folder = ROOT / "grammar" / "explanations"
    texts = [tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.toml"))]
    assert sorted(code for text in texts for code in text) == sorted(CODES)


def test_several_codes_are_a_list_for_machines() -> None:
    result = CliRunner().invoke(program, ["explain", "--json", "E104", "l101"])
    assert [own["code"] for own in json.loads(result.output)] == ["E104", "L101"]


def test_an_unknown_code_gets_the_nearest() -> None:
    result = CliRunner().invoke(program, ["explain", "E1O4"])
    assert result.exit_code == 2
    assert "did you mean E104?" in result.output
