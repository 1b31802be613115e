"""What a shell offers behind ``pdedsl``, and what ``--version`` tells."""

from __future__ import annotations

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from pdedsl.cli.program import program
from pdedsl.diagnostics import CODES


def offered(*words: str) -> set[str]:
    complete = BashComplete(program, {}, "pdedsl", "_PDEDSL_COMPLETE")
    return {item.value for item in complete.get_completions(list(words[:-1]), words[-1])}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("so",), {"solve"}),
        (("new", "he"), {"heat", "helmholtz"}),
        (("explain", "l10"), {code for code in CODES if code.startswith("L10")}),
        (("list", "pre"), {"presets"}),
        (("schema", "ev"), {"eval"}),
        (("show", "a.pde", "--stage", "dst"), {"dstard"}),
    ],
)
def test_a_shell_offers(words: tuple[str, ...], expected: set[str]) -> None:
    assert offered(*words) == expected


def test_bash_gets_its_script() -> None:
    environment = {"_PDEDSL_COMPLETE": "bash_source"}
    result = CliRunner().invoke(program, [], prog_name="pdedsl", env=environment)
    assert "_PDEDSL_COMPLETE=bash_complete" in result.output


def test_the_version_names_the_libraries() -> None:
    result = CliRunner().invoke(program, ["--version"])
    first, second = result.output.splitlines()
    assert first.startswith("pdedsl ")
    for name in ("python", "torch", "numpy", "scipy", "sympy"):
        assert f"{name} " in second
