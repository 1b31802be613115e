"""Solutions are read back as they were, and for their own problem only."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

import pdedsl
from pdedsl.diagnostics import UserError
from tests import small


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "heat-001"
    problem = pdedsl.parse(small.HEAT)
    return pdedsl.solve(problem, small.method(), seed=3, run_dir=folder)


@pytest.fixture
def copy(saved, tmp_path):
    return shutil.copytree(saved.run, tmp_path / "copy")


def test_the_folder_holds_what_was_done(saved):
    names = {path.name for path in saved.run.iterdir()}
    assert names == {
        "spec.pde", "method.toml", "run.json", "history.csv", "checkpoint.safetensors",
        "training.safetensors",
    }  # fmt: skip
    record = json.loads((saved.run / "run.json").read_text())
    assert record["seed"] == 3
    assert record["versions"]["torch"]
    assert record["errors"]["u"]["rel_l2"] == saved.errors["u"]["rel_l2"]
    assert (record["status"], record["ended"]) == ("inaccurate", saved.outcome.status)


def test_values_are_identical_after_loading(saved):
    loaded = pdedsl.Solution.load(saved.run)
    x, t = np.linspace(0, 1, 11)[:, None], np.linspace(0, 1, 7)
    assert np.array_equal(loaded(x=x, t=t), saved(x=x, t=t))
    assert loaded.errors == saved.errors
    assert loaded.outcome.status == saved.outcome.status
    assert [p.iteration for p in loaded.outcome.history] == [
        p.iteration for p in saved.outcome.history
    ]
    assert loaded.summary()["why"] == saved.summary()["why"]


def test_save_and_load_again(saved, tmp_path):
    path = saved.save(tmp_path / "elsewhere")
    again = pdedsl.Solution.load(path)
    assert np.array_equal(again(x=0.3, t=0.2), saved(x=0.3, t=0.2))
    with pytest.raises(FileExistsError):
        saved.save(path)


def test_numbers_are_identical_after_loading(tmp_path):
    solution = small.solved(small.NUMBER, 20)
    loaded = pdedsl.Solution.load(solution.save(tmp_path / "n"))
    assert loaded.numbers == solution.numbers


def test_another_problem_is_refused(saved):
    assert pdedsl.Solution.load(saved.run, pdedsl.parse(small.HEAT)).run == saved.run
    with pytest.raises(UserError, match="another problem"):
        pdedsl.Solution.load(saved.run, pdedsl.parse(small.HEAT + "# changed\n"))


def test_other_parameter_values_are_another_problem(tmp_path):
    solution = small.solved(small.LINE)
    path = solution.save(tmp_path / "line")
    with pytest.raises(UserError, match="parameter values"):
        pdedsl.Solution.load(path, solution.problem.with_params(k=3))


def test_overrides_are_kept(tmp_path):
    problem = pdedsl.parse(small.LINE, params={"k": 3.0})
    pdedsl.solve(problem, small.method(2), run_dir=tmp_path / "r")
    loaded = pdedsl.Solution.load(tmp_path / "r")
    assert dict(loaded.problem.overrides) == {"k": 3.0}


def test_a_changed_spec_is_refused(copy):
    (copy / "spec.pde").write_text(small.HEAT.replace("u_xx", "2*u_xx"))
    with pytest.raises(UserError, match="hash differs"):
        pdedsl.Solution.load(copy)


def test_a_killed_run_can_be_read(copy, saved):
    record = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({"status": "running", "seed": record["seed"]}))
    loaded = pdedsl.Solution.load(copy)
    assert loaded.outcome.status == "interrupted"
    assert loaded.outcome.iterations == saved.outcome.iterations


@pytest.mark.parametrize("damage", ["missing", "cut", "foreign"])
def test_damaged_checkpoints_are_refused(copy, damage):
    path = copy / "checkpoint.safetensors"
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-16])
    else:
        path.write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises(UserError) as caught:
        pdedsl.Solution.load(copy)
    assert caught.value.diagnostics[0].code == "E804"


def test_a_missing_folder_suggests_a_neighbour(saved):
    with pytest.raises(UserError, match=r"did you mean .*heat-001"):
        pdedsl.Solution.load(saved.run.with_name("heat-01"))


def test_data_files_travel_with_the_run(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "r.csv").write_text("x,t,u\n0,0,0\n1,1,0\n0.5,0,1\n")
    text = small.HEAT.replace("exact u = exp(-pi^2*t)*sin(pi*x)", "")
    (tmp_path / "heat.pde").write_text(text + 'reference u(x, t) from "data/r.csv"\n')
    problem = pdedsl.load(tmp_path / "heat.pde")
    solution = pdedsl.solve(problem, small.method(2), run_dir=tmp_path / "run")
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "heat.pde").unlink()
    assert pdedsl.Solution.load(tmp_path / "run").errors == solution.errors


def test_a_taken_run_folder_is_refused_before_training(saved):
    with pytest.raises(FileExistsError):
        pdedsl.solve(saved.problem, small.method(), run_dir=saved.run)
