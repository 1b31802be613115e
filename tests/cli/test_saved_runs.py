"""``eval`` and ``plot`` on a saved run, and ``list``."""

from __future__ import annotations

import csv
import io
import json

import pytest

from pdedsl.diagnostics import CODES
from tests import small
from tests.conftest import ROOT, SPECS


@pytest.fixture
def saved(place):
    solution = small.solved(small.PLANE)
    solution.save(place / "saved")
    return solution


def columns(text: str) -> dict[str, list[float]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def test_points_on_the_command_line(run, saved):
    result = run("eval", "saved", "--at", "x=0.5,y=0.25", "--at", "y=1, x=2")
    found = columns(result.stdout)
    assert (found["x"], found["y"]) == ([0.5, 2.0], [0.25, 1.0])
    assert found["u"] == pytest.approx(saved(x=[0.5, 2.0], y=[0.25, 1.0]), abs=0)


def test_derivatives_and_json(run, saved):
    result = run("eval", "saved", "--at", "x=1,y=1", "--field", "u_xx", "--field", "u", "--json")
    found = json.loads(result.stdout)["columns"]
    assert list(found) == ["x", "y", "u_xx", "u"]
    assert found["u_xx"] == [float(saved.derivative("u_xx")(x=1.0, y=1.0))]


def test_points_from_a_file_and_out(run, saved, place):
    (place / "p.csv").write_text("\ufeffy, note, x\n0.5, a, 1.5\n", encoding="utf-8")
    result = run("eval", "saved", "--points", "p.csv", "--out", "v.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert columns((place / "v.csv").read_text())["u"] == [float(saved(x=1.5, y=0.5))]


def test_a_grid(run, saved):
    found = columns(run("eval", "saved", "--grid", 3).stdout)
    assert found["x"] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert found["y"] == [0, 0.5, 1] * 3


def test_outputs_without_points(run, place):
    import pdedsl

    text = small.PLANE + "output peak = max(u), flux = integral(dn(u), x = 2)\n"
    (place / "plane.pde").write_text(text)
    pdedsl.solve(pdedsl.load(place / "plane.pde"), small.method(3)).save(place / "run")
    first, second = run("eval", "run").stdout.splitlines()
    assert first.startswith("output peak  ") and " at x = " in first and "exact 5" in first
    assert second.startswith("output flux  ") and " at " not in second
    found = json.loads(run("eval", "run", "--json").stdout)["outputs"]
    assert found["peak"]["exact"] == pytest.approx(5) and found["flux"]["exact"] == pytest.approx(4)
    result = run("eval", "run", "--field", "u")
    assert (result.exit_code, "--at" in result.stderr) == (2, True)


def test_no_output_to_show(run, saved):
    result = run("eval", "saved")
    assert result.exit_code == 2
    assert "no output" in result.stderr


def test_points_outside_are_remarked(run, saved):
    result = run("eval", "saved", "--at", "x=3,y=0", "--at", "x=1,y=0")
    assert result.exit_code == 0
    assert "1 of 2 points lie outside the domain" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["--at", "x=1"], ["--at", "x=1,y=a"], ["--at", "x=1,y=1", "--grid", "3"],
     ["--grid", "100000"], ["--points", "none.csv"], ["--points", "plane.pde"],
     ["--at", "x=1,y=1", "--field", "w"]],
)  # fmt: skip
def test_wrong_points_are_usage_errors(run, saved, arguments):
    result = run("eval", "saved", *arguments)
    assert result.exit_code == 2, result.stderr
    assert "Error" in result.stderr


def test_what_is_no_run_is_refused(run, place):
    result = run("eval", "nowhere", "--grid", 3)
    assert result.exit_code == 1
    assert "E804" in result.stderr


def test_plot_draws_anew(run, saved, place):
    result = run("plot", "saved")
    assert "saved/pictures/solution_u.png" in result.stdout.splitlines()
    assert (place / "saved" / "pictures" / "solution_u.png").exists()
    (place / "blocked").write_text("")
    result = run("plot", "saved", "--out", "blocked/deep")
    assert result.exit_code == 3
    assert "cannot write the pictures" in result.stderr


def test_list_of_the_gallery(run, monkeypatch):
    result = run("list", "specs", ROOT / "specs", "--json")
    rows = json.loads(result.stdout)["specs"]
    assert [row["spec"] for row in rows] == sorted(path.stem for path in SPECS)
    assert all(row["problem"] and row["unknowns"] and row["source"] for row in rows)
    by_name = {row["spec"]: row for row in rows}
    assert by_name["laplace_5d"]["unknowns"] == "u(x)"
    assert by_name["heat_inverse"]["unknowns"] == "u(x, t), kappa"
    assert by_name["burgers"]["known solution"] == "reference"


def test_list_as_markdown(run, place):
    (place / "line.pde").write_text("# source: a book, |page| 3\n" + small.LINE)
    lines = run("list", "specs", ".", "--markdown").stdout.splitlines()
    assert lines[0] == "| spec | problem | unknowns | known solution | source |"
    assert "| line | line | u(x) | exact | a book, \\|page\\| 3 |" in lines


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("models", "mlp"),
        ("optimizers", "lbfgs"),
        ("rules", "causal"),
        ("presets", "auto"),
        ("codes", "E104"),
    ],
)
def test_other_lists(run, what, expected):
    result = run("list", what)
    assert result.exit_code == 0, result.stderr
    assert any(line.startswith(expected) for line in result.stdout.splitlines())
    rows = json.loads(run("list", what, "--json").stdout)[what]
    assert all(all(value for value in row.values()) for row in rows)
    if what == "codes":
        assert {row["code"] for row in rows} == set(CODES)


def test_a_preset_is_printed_whole(run, place):
    text = run("list", "presets", "m2").stdout
    assert "arXiv 2001.04536" in text
    assert 'kind = "annealing"' in text
    assert json.loads(run("list", "presets", "m2", "--json").stdout)["text"].strip() == text.strip()
    (place / "mine.toml").write_text(text)
    (place / "line.pde").write_text(small.LINE)
    assert run("solve", "line.pde", "--method", "mine.toml", "--iterations", "2").exit_code != 1
    assert "chosen from the problem" in run("list", "presets", "auto").stdout


def test_wrong_lists(run):
    wrong = run("list", "presets", "sa-pinn")
    assert wrong.exit_code == 1
    assert "did you mean sa_pinn?" in wrong.stderr
    assert run("list", "frogs").exit_code == 2
    assert run("list", "codes", "specs").exit_code == 2
    assert run("list", "specs", "nowhere").exit_code == 2


def test_export(run, saved):
    result = run("export", "saved", "--to", "u.csv", "--cells", "4")
    assert (result.exit_code, result.stdout.strip()) == (0, "u.csv")
    result = run("export", "saved", "--to", "u.py")
    assert (result.exit_code, result.stdout.strip()) == (0, "u.py")
    assert run("export", "saved", "--to", "u.stl").exit_code == 2
    assert run("export", "saved", "--to", "u.vtu", "--at", "t=1").exit_code == 2


@pytest.mark.parametrize("name", ["run.json", "checkpoint.safetensors", "history.csv", "spec.pde"])
def test_files_of_a_run_are_not_written_over(run, saved, place, name):
    target = place / "saved" / name
    before = target.read_bytes()
    for command in (("eval", "saved", "--grid", 3, "--out"), ("export", "saved", "--to")):
        result = run(*command, target)
        assert result.exit_code == 2
        assert "a file of a run" in result.stderr
    assert target.read_bytes() == before
    assert run("eval", "saved", "--grid", 3, "--out", "saved/values.csv").exit_code == 0


def test_too_many_entries_in_a_file_of_points(run, saved, place):
    (place / "points.csv").write_text("x,y\n0.5,0.5\n1,000,0.5\n")
    result = run("eval", "saved", "--points", "points.csv")
    assert result.exit_code == 2
    assert "points.csv:3: there are more entries than columns" in result.stderr
