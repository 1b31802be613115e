"""``check``: verdicts, places and exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

BAD = 'problem "bad"\ndomain Omega: x in [0, 1]\nunknown u(x)\neq: u_xx = 2 u\n'
DOUBTFUL = 'problem "half"\ndomain Omega: x in [0, 1]\nunknown u(x)\neq: u_xx = 1\n'


def test_a_good_file(run):
    result = run("check", "line.pde")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0, "line.pde: ok (2 laws, 1 unknown)\n", ""
    )  # fmt: skip


def test_errors_come_with_carets_on_standard_error(run, place):
    (place / "bad.pde").write_text(BAD)
    result = run("check", "bad.pde", "line.pde")
    assert result.exit_code == 1
    assert "bad.pde:4:14: error[E104]" in result.stderr
    assert "^" in result.stderr
    assert result.stdout.splitlines() == ["bad.pde: 1 error", "line.pde: ok (2 laws, 1 unknown)"]


def test_lints_fail_only_when_strict(run, place):
    (place / "half.pde").write_text(DOUBTFUL)
    result = run("check", "half.pde")
    assert result.exit_code == 0
    assert "lint[L101]" in result.stderr
    assert re.search(r"\), \d+ lints?$", result.stdout.strip())
    assert run("check", "--strict", "half.pde").exit_code == 1
    assert run("check", "--strict", "line.pde").exit_code == 0


def test_json_is_one_object(run, place):
    (place / "bad.pde").write_text(BAD)
    result = run("check", "--json", "bad.pde", "line.pde")
    data = json.loads(result.stdout)
    assert data["ok"] is False
    bad, line = data["files"]
    assert (bad["diagnostics"][0]["line"], bad["diagnostics"][0]["code"]) == (4, "E104")
    assert (line["ok"], line["laws"], line["unknowns"]) == (True, 2, 1)


@pytest.mark.parametrize("name", ["missing.pde", ".", "line"])
def test_what_is_no_file_is_said_plainly(run, name):
    result = run("check", name)
    assert result.exit_code == 1
    assert "error[E111]" in result.stderr
    assert "Traceback" not in result.stderr


def test_parameters_are_set_and_unknown_ones_refused(run):
    assert run("check", "--set", "k=4", "line.pde").exit_code == 0
    result = run("check", "--set", "q=4", "line.pde")
    assert result.exit_code == 1
    assert "E803" in result.stderr
    for text in ("k", "k=", "=4", "k=four", "k=nan"):
        assert run("check", "--set", text, "line.pde").exit_code == 2


@pytest.mark.parametrize("command", [["check"], ["fmt"], ["check", "--frobnicate", "a"], ["chek"]])
def test_usage_errors(run, command):
    result = run(*command)
    assert result.exit_code == 2
    assert "Usage" in result.stderr
    if command == ["chek"]:
        assert "did you mean check?" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["check", "specs/helmholtz.pde"], ["fmt", "--check", "specs/helmholtz.pde"],
                  ["show", "specs/helmholtz.pde"], ["--help"], ["list", "codes"]],
    ids=lambda a: a[0],
)  # fmt: skip
def test_reading_commands_import_nothing_heavy(arguments):
    code = (
        "import sys; from pdedsl.cli.program import program\n"
        f"try: program.main({arguments!r}, prog_name='pdedsl')\n"
        "except SystemExit: pass\n"
        "heavy = ['torch', 'scipy', 'matplotlib', 'pydantic', 'rich']\n"
        "print('loaded:', [m for m in heavy if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert result.stdout.endswith("loaded: []\n"), result.stdout


CORNER = """
domain Omega: (x, y) in polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
"""


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("[-1, 1] * [-3, 3] union [-3, 3] * [-1, 1]",
         "r^(2/3) at (1, -1), (1, 1), (-1, 1) and (-1, -1): corner"),
        ("[-1, 1] * [-3, 3] union [-3, 3] * [-1, 1] minus [-0.1, 0.1]^2", "and 5 more corners:"),
    ],
)  # fmt: skip
def test_corners_that_are_alike_have_one_note(run, place, region, words):
    text = CORNER.replace(CORNER.splitlines()[1], f"domain Omega: (x, y) in {region}")
    (place / "cross.pde").write_text(text)
    notes = [line for line in run("check", "cross.pde").stdout.splitlines() if "note" in line]
    assert len(notes) == 1 and words in notes[0]


def test_corners_are_announced_and_no_fault(run, place):
    (place / "corner.pde").write_text(CORNER)
    result = run("check", "--strict", "corner.pde")
    assert result.exit_code == 0
    note = "u behaves like r^(2/3) at (0, 0): corner functions are added"
    assert result.stdout.splitlines()[0] == f"corner.pde: note: {note}"
    data = json.loads(run("check", "--json", "corner.pde").stdout)
    assert data["files"][0]["notes"] == [note]


@pytest.mark.parametrize("width", ["1e-9", "1e-12"])
def test_a_very_thin_box_is_no_defect(run, place, width):
    text = f"domain Omega: (x, y) in [2, 2 + {width}] * [0, 1]\nunknown u(x, y)\neq: lap(u) = 1\n"
    (place / "thin.pde").write_text(text + "bc: u = 0 on boundary\n")
    assert run("check", "thin.pde").exit_code == 0
