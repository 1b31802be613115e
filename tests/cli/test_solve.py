"""``solve`` and ``compare``: results, run folders and exit status."""

from __future__ import annotations

import errno
import json
import math
import os

import matplotlib.image
import numpy as np
import pytest

import pdedsl
from pdedsl.training.outcome import Outcome

QUICK = ("--method", "quick.toml")
KEYS = {
    "problem", "spec_sha256", "method", "why", "seed", "device", "dtype", "parameters",
    "iterations", "seconds", "loss", "laws", "errors", "unknowns", "history", "run",
}  # fmt: skip


def strict(text: str) -> object:
    """JSON without the constants that are no JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_a_table_a_run_folder_and_progress(run, place):
    result = run("solve", "line.pde", *QUICK)
    assert result.exit_code == 0, result.stderr
    for part in ("line", "quick.toml", "error u", "relative L2", "rms eq", "runs/line-001"):
        assert part in result.stdout
    assert "iteration" in result.stderr
    names = {path.name for path in (place / "runs" / "line-001").iterdir()}
    assert names == {
        "spec.pde", "method.toml", "run.json", "history.csv", "checkpoint.safetensors",
        "training.safetensors", "pictures",
    }  # fmt: skip
    assert (place / "runs" / "line-001" / "pictures" / "solution_u.png").stat().st_size > 1000


def test_a_training_that_is_watched(run, place):
    result = run("solve", "line.pde", *QUICK, "--watch", "--json")
    data = strict(result.stdout)
    assert data["watched"]["moments"] >= 2
    pictures = place / "runs" / "line-001" / "pictures"
    course = {"gradients_start", "gradients_end", "hessian", "tangent", "frequencies_u"}
    assert course <= {path.stem for path in pictures.iterdir()}
    for path in pictures.iterdir():
        path.unlink()
    assert run("plot", "runs/line-001").exit_code == 0
    assert course <= {path.stem for path in pictures.iterdir()}
    assert "moments of the training" in run("solve", "line.pde", *QUICK, "--watch").stdout


def test_json_is_one_object_on_standard_output(run):
    result = run("solve", "line.pde", *QUICK, "--json", "--no-plots", "--set", "k=3", "--seed", 5)
    data = strict(result.stdout)
    assert data.keys() >= KEYS
    assert (data["params"], data["seed"], data["dtype"]) == ({"k": 3.0}, 5, "float64")
    assert data["parameters"] > 1
    assert data["errors"]["u"].keys() == {"rel_l2", "linf"}
    assert set(data["laws"]) == {"eq", "bc"}
    assert data["run"] == "runs/line-001"


def test_a_run_folder_is_never_overwritten(run, place):
    for _ in range(2):
        assert run("solve", "line.pde", *QUICK, "--no-plots", "--quiet").exit_code == 0
    assert sorted(os.listdir(place / "runs")) == ["line-001", "line-002"]
    result = run("solve", "line.pde", *QUICK, "--out", "runs/line-001")
    assert result.exit_code == 2
    assert "never overwritten" in result.stderr
    assert run("solve", "line.pde", *QUICK, "--no-plots", "--out", "new/one").exit_code == 0
    assert (place / "new" / "one" / "run.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "line.pde", "--budget", "nan"),
        ("solve", "line.pde", "--budget", "inf"),
        ("solve", "line.pde", "--accept", "nan"),
        ("compare", "line.pde", "--methods", "lm,adam", "--budget", "nan"),
        ("analyze", "line.pde", "--epsilon", "nan"),
    ],
)
def test_a_number_that_is_none_is_wrong_usage(run, arguments):
    """It compares with nothing: a budget of it would never be spent."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"expected a finite number, such as 0.5; got '{arguments[-1]}'" in result.stderr


def test_a_budget_is_seconds_above_zero():
    problem = pdedsl.parse(
        "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 1\nbc: u = 0 on boundary\n"
    )
    for wrong in (math.nan, 0.0, -1.0):
        with pytest.raises(ValueError, match="budget: expected seconds above 0, or None"):
            pdedsl.solve(problem, budget=wrong)


def test_quiet_says_nothing(run):
    result = run("solve", "line.pde", *QUICK, "--no-plots", "--quiet")
    assert (result.stdout, result.stderr) == ("", "")


def test_the_method_of_a_run_can_be_used_again(run, place):
    first = run("solve", "line.pde", *QUICK, "--no-plots", "--json")
    second = run(
        "solve", "line.pde", "--no-plots", "--json", "--method", "runs/line-001/method.toml"
    )
    assert strict(first.stdout)["loss"] == strict(second.stdout)["loss"]


def test_the_method_is_changed_by_options(run):
    result = run(
        "solve", "line.pde", *QUICK, "--no-plots", "--json", "--iterations", 2, "--model", "mlp",
        "--with", "model.width=5", "--dtype", "float32", "--threads", 1,
    )  # fmt: skip
    data = strict(result.stdout)
    assert data["settings"]["model"]["width"] == 5
    assert data["settings"]["optimizer"]["iterations"] == 2
    assert data["dtype"] == "float32"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["line.pde", "--method", "lmm"], 1, "E801"),
        (["line.pde", *QUICK, "--with", "model.widht=5"], 1, "E802"),
        (["line.pde", *QUICK, "--with", "nonsense"], 2, "key=value"),
        (["line.pde", *QUICK, "--device", "gpu"], 1, "E803"),
        (["line.pde", *QUICK, "--budget", "-1"], 2, "budget"),
        (["missing.pde", *QUICK], 1, "E111"),
        ([], 2, "FILE"),
    ],
)
def test_mistakes_leave_no_run_folder(run, place, arguments, code, text):
    result = run("solve", *arguments)
    assert result.exit_code == code, result.stderr
    assert text in result.stderr
    assert not list(place.glob("runs/*"))


def test_json_of_a_rejected_spec(run, place):
    (place / "bad.pde").write_text('problem "b"\ndomain O: x in [0, 1]\nunknown u(x)\neq: u = w\n')
    result = run("solve", "bad.pde", "--json")
    data = strict(result.stdout)
    assert (result.exit_code, data["status"]) == (1, "rejected")
    assert data["diagnostics"][0]["code"] == "E201"
    assert "error[E201]" in result.stderr


def test_no_nan_in_json(run, place):
    (place / "zero.pde").write_text(
        'problem "z"\ndomain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 0\nbc: u = 0 on boundary\n'
        "exact u = 0\n"
    )
    result = run("solve", "zero.pde", *QUICK, "--no-plots", "--json")
    assert strict(result.stdout)["errors"]["u"]["absolute"] is True


def test_unknown_numbers_are_in_the_table(run):
    result = run("solve", "number.pde", *QUICK, "--no-plots", "--iterations", 30)
    assert "(exact 2, relative error" in result.stdout


def outcome_with(monkeypatch, **changes):
    """Let every training end in a given way."""
    from dataclasses import replace

    from pdedsl.training import train

    real = train.train

    def changed(*arguments: object, **options: object) -> Outcome:
        return replace(real(*arguments, **options), **changes)

    monkeypatch.setattr(train, "train", changed)


def test_divergence_is_a_failure_with_its_reason(run, monkeypatch):
    outcome_with(monkeypatch, status="diverged", loss=float("nan"), reason="try a smaller rate")
    result = run("solve", "line.pde", *QUICK, "--json")
    assert result.exit_code == 3
    assert "diverged: try a smaller rate" in result.stderr
    assert strict(result.stdout)["loss"] is None


def test_a_solution_that_is_none_is_a_failure(run):
    arguments = ("line.pde", "--method", "quick.toml", "--set", "k=20", "--no-plots")
    result = run("solve", *arguments, "--iterations", 2)
    assert result.exit_code == 3
    assert "pdedsl: inaccurate: u is wrong by" in result.stderr
    assert "--iterations" in result.stderr


def test_laws_that_do_not_hold_are_a_failure(run, place):
    spec = (place / "line.pde").read_text().replace("exact u = sin(k*x)", "")
    (place / "unknown.pde").write_text(spec)
    arguments = ("unknown.pde", "--method", "quick.toml", "--no-plots")
    result = run("solve", *arguments, "--iterations", 1)
    assert result.exit_code == 3
    assert "pdedsl: inaccurate: u is wrong by about" in result.stderr
    assert run("solve", *arguments, "--accept", 0.1).exit_code == 0


def test_an_interrupted_run_is_saved_and_says_so(run, monkeypatch, place):
    outcome_with(monkeypatch, status="interrupted", reason="stopped on request")
    result = run("solve", "line.pde", *QUICK, "--no-plots")
    assert result.exit_code == 3
    assert "interrupted: stopped on request" in result.stderr
    assert json.loads((place / "runs/line-001/run.json").read_text())["status"] == "interrupted"
    assert pdedsl.Solution.load("runs/line-001").outcome.status == "interrupted"


def test_a_folder_that_cannot_be_made(run, place):
    (place / "runs").write_text("a file in the way")
    result = run("solve", "line.pde", *QUICK)
    assert result.exit_code == 3
    assert "cannot make a run folder in runs" in result.stderr
    assert "--out" in result.stderr


@pytest.mark.parametrize("out", [(), ("--out", "locked/run")])
def test_an_unwritable_directory(run, monkeypatch, out):
    # Root may write anywhere, so that a mode of 0o500 would not do.
    def locked(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("pathlib.Path.mkdir", locked)
    result = run("solve", "line.pde", *QUICK, *out)
    assert result.exit_code == 3
    assert "cannot make a run folder in" in result.stderr
    assert "Permission denied" in result.stderr


def test_a_full_disk_at_the_end_still_prints_the_table(run, monkeypatch):
    real = os.replace

    def full(source: str, target: str) -> None:
        if os.path.basename(target) in ("checkpoint.safetensors", "solution_u.png"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    result = run("solve", "line.pde", *QUICK)
    assert result.exit_code == 3
    assert "error u" in result.stdout
    assert "checkpoint.safetensors: No space left on device" in result.stderr
    assert "pictures: No space left on device" in result.stderr


def test_a_full_disk_at_the_start_is_said_before_the_training(run, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    result = run("solve", "line.pde", *QUICK)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "cannot write to runs/line-001: No space left on device" in result.stderr
    assert "iteration" not in result.stderr


def test_compare_sets_results_side_by_side(run, place):
    (place / "other.toml").write_text((place / "quick.toml").read_text().replace("6", "4"))
    arguments = ("compare", "line.pde", "--methods", "quick.toml,other.toml", "--iterations", 30)
    result = run(*arguments, "--quiet")
    assert result.exit_code == 0, result.stderr
    for part in ("quick.toml", "other.toml", "relative L2 error u", "rms bc", "seconds"):
        assert part in result.stdout
    data = strict(run(*arguments, "--json").stdout)
    assert [entry["method"] for entry in data] == ["quick.toml", "other.toml"]
    assert all(entry.keys() >= KEYS for entry in data)
    assert sorted(os.listdir("runs")) == ["line-compare-001.png", "line-compare-002.png"]
    assert run(*arguments, "--quiet", "--out", "all", "--no-plots").exit_code == 0
    assert sorted(os.listdir("all")) == ["line-other-001", "line-quick-001"]


def test_compare_draws_the_curves(run):
    arguments = ("compare", "line.pde", "--methods", "quick.toml,adam", "--iterations", 5)
    result = run(*arguments, "--quiet", "--out", "all")
    assert "curves of the methods in all/line-compare-001.png" in result.stderr
    image = matplotlib.image.imread("all/line-compare-001.png")
    assert image.shape[0] > 400 and image.shape[1] > 800
    assert np.ptp(image[..., :3]) > 0.5


def test_compare_without_plots_writes_nothing(run, place):
    arguments = ("compare", "line.pde", "--methods", "quick.toml", "--iterations", 30)
    assert run(*arguments, "--quiet", "--no-plots").exit_code == 0
    assert not (place / "runs").exists()


def test_compare_keeps_no_empty_picture(run, monkeypatch):
    def cut_short(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pdedsl.cli.commands.compare.run", cut_short)
    assert run("compare", "line.pde", "--methods", "quick.toml", "--quiet").exit_code == 130
    assert os.listdir("runs") == []


def test_compare_says_that_a_picture_cannot_be_made_before_the_first_run(run, place):
    (place / "taken").write_text("")
    result = run("compare", "line.pde", "--methods", "quick.toml", "--out", "taken")
    assert result.exit_code == 3
    assert "cannot make a picture in taken" in result.stderr
    assert "iteration" not in result.stderr


def test_compare_reads_every_method_before_the_first_run(run):
    result = run("compare", "line.pde", "--methods", "quick.toml,nonsense")
    assert result.exit_code == 1
    assert "E801" in result.stderr
    assert "iteration" not in result.stderr
