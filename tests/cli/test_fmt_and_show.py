"""``fmt`` rewrites files as a whole, ``show`` prints the stages."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from tests import small


def test_a_file_is_rewritten_once(run, place):
    path = place / "line.pde"
    path.chmod(0o600)
    result = run("fmt", "line.pde")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "reformatted" in result.stderr
    text = path.read_text()
    assert text != small.LINE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = run("fmt", "line.pde")
    assert (again.exit_code, again.stderr, path.read_text()) == (0, "", text)
    assert run("fmt", "--check", "line.pde").exit_code == 0


def test_check_and_diff_change_nothing(run, place):
    result = run("fmt", "--check", "--diff", "line.pde")
    assert result.exit_code == 1
    assert "-param   k = 2" in result.stdout
    assert "+param k = 2" in result.stdout
    assert (place / "line.pde").read_text() == small.LINE
    assert run("fmt", "--diff", "line.pde").exit_code == 0


def test_standard_input_goes_to_standard_output(run):
    result = run("fmt", "-", input=small.LINE)
    assert result.exit_code == 0
    assert "param k = 2\n" in result.stdout
    assert run("fmt", "--check", "-", input=small.LINE).exit_code == 1
    assert run("fmt", "--check", "-", input=result.stdout).exit_code == 0


def test_bytes_that_are_no_text(run):
    result = run("fmt", "-", input=b"problem \xff")
    assert result.exit_code == 1
    assert "error[E111]" in result.stderr


def test_a_broken_file_stays_as_it_is(run, place):
    (place / "bad.pde").write_text("eq: u = = 2\n")
    result = run("fmt", "bad.pde", "line.pde")
    assert result.exit_code == 1
    assert "error[" in result.stderr
    assert (place / "bad.pde").read_text() == "eq: u = = 2\n"
    assert (place / "line.pde").read_text() != small.LINE


def test_windows_line_ends_are_a_change(run, place):
    text = run("fmt", "-", input=small.LINE).stdout
    (place / "crlf.pde").write_bytes(text.replace("\n", "\r\n").encode())
    assert run("fmt", "--check", "crlf.pde").exit_code == 1
    run("fmt", "crlf.pde")
    assert (place / "crlf.pde").read_bytes() == text.encode()


def test_a_full_disk_leaves_the_file(run, place, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    result = run("fmt", "line.pde")
    assert result.exit_code == 3
    assert "cannot write line.pde: No space left on device; it is unchanged" in result.stderr
    assert (place / "line.pde").read_text() == small.LINE


@pytest.mark.parametrize(
    ("stage", "expected"),
    [("ast", "Param"), ("problem", "unknown u(x)"), ("residual", "eq: "),
     ("latex", r"\begin{aligned}"), ("torch", "def eq("), ("adjoint", "L* w = w_xx"),
     ("dstard", "L*L u = u_xxxx"), ("symbol", "squared = xi[x]^4")],
)  # fmt: skip
def test_stages(run, stage, expected):
    result = run("show", "line.pde", "--stage", stage)
    assert result.exit_code == 0, result.stderr
    assert expected in result.stdout
    data = json.loads(run("show", "line.pde", "--stage", stage, "--json").stdout)
    assert data["text"].rstrip("\n") == result.stdout.rstrip("\n")


def test_show_takes_parameters(run):
    assert "9*sin(3*x)" in run("show", "line.pde", "--stage", "residual", "--set", "k=3").stdout


def test_show_reports_errors(run, place):
    (place / "bad.pde").write_text("eq: u = = 2\n")
    for stage in ("ast", "problem"):
        result = run("show", "bad.pde", "--stage", stage)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "error[" in result.stderr
    assert run("show", "line.pde", "--stage", "eigenvalues").exit_code == 2


@pytest.mark.parametrize("stage", ["adjoint", "dstard", "symbol"])
def test_stages_as_latex(run, stage):
    result = run("show", "line.pde", "--stage", stage, "--latex")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("\\begin{aligned}\n")
    data = json.loads(run("show", "line.pde", "--stage", stage, "--latex", "--json").stdout)
    assert data["text"].rstrip("\n") == result.stdout.rstrip("\n")


@pytest.mark.parametrize("stage", ["ast", "problem", "residual", "latex", "torch"])
def test_latex_goes_with_the_stages_of_operators(run, stage):
    result = run("show", "line.pde", "--stage", stage, "--latex")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"adjoint, dstard, symbol, weak, not with {stage}" in result.stderr


def test_the_latex_stage_has_laws_and_operators(run):
    text = run("show", "line.pde", "--stage", "latex").stdout
    assert text.count(r"\begin{aligned}") == 2
    for part in (r"u_{xx} &= - k^{2}", "L u &= u_{xx} && ", "L^{*} w &=", "L^{*} L u &=",
                 r"|\sigma|^{2} &= \xi_{x}^{4}"):  # fmt: skip
        assert part in text


def test_parameters_that_are_set_are_numbers_in_operators(run, place):
    text = small.LINE.replace("u_xx =", "u_xx + k^2*u =")
    (place / "wave.pde").write_text(text)
    assert "L u = u_xx + k^2*u\n" in run("show", "wave.pde", "--stage", "adjoint").stdout
    result = run("show", "wave.pde", "--stage", "adjoint", "--set", "k=3")
    assert "L u = u_xx + 9*u\n" in result.stdout


def test_the_stages_of_operators_are_light(place):
    code = (
        "import sys\nfrom pdedsl.cli.commands.show import command\n"
        "command.main(['line.pde', '--stage', sys.argv[1]], standalone_mode=False)\n"
        "print([m for m in ('torch', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    for stage in ("adjoint", "dstard", "symbol", "latex"):
        result = subprocess.run(
            [sys.executable, "-c", code, stage], cwd=place, capture_output=True, text=True
        )
        assert result.stdout.splitlines()[-1] == "[]", result.stderr
