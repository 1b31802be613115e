"""Runs that were broken off, and go on."""

from __future__ import annotations

import errno
import json
import os
import signal

import pytest

from pdedsl.runs import Claim, RunFolder
from tests import killing
from tests.small import HEAT

SMALL = (
    "--with", "model.width=6", "--with", "model.depth=2", "--with", "sampling.points.eq=60",
    "--no-plots",
)  # fmt: skip


def numbers(folder):
    return killing.numbers(folder)


@pytest.fixture
def spec(tmp_path):
    return killing.write_spec(tmp_path / "heat.pde")


def test_three_kills(run, tmp_path, spec):
    """After SIGKILL, three times, a run ends at the numbers of one without a break."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    options = ("--method", "lm", "--iterations", "30", "--quiet", *SMALL)
    options += ("--with", "sampling.resample=7", "--with", "optimizer.tolerance=1e-30")
    run("solve", spec, *options, "--out", whole)
    start = ["solve", spec, *options, "--checkpoint-every", "1", "--out", broken]
    for arguments in (start, *[["resume", broken, "--no-plots", "--quiet"]] * 2):
        assert killing.kill_once_kept([str(part) for part in arguments], broken, 4)
        record = json.loads((broken / "run.json").read_text())
        assert record["status"] == "running"
        assert "ended" not in record
    run("resume", broken, "--no-plots")
    assert json.loads((broken / "run.json").read_text())["iterations"] == 31
    assert numbers(broken) == numbers(whole)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_a_signal_the_command_that_goes_on_is_named(run, tmp_path, spec, monkeypatch, number):
    from pdedsl.training import watch

    options = ("--method", "lm", "--iterations", "20", *SMALL)
    run("solve", spec, *options, "--out", tmp_path / "whole")
    observe = watch.Watch.observe

    def interrupt(self, step):
        if self.iterations == 8:
            os.kill(os.getpid(), number)
        return observe(self, step)

    monkeypatch.setattr(watch.Watch, "observe", interrupt)
    out = tmp_path / "broken"
    result = run("solve", spec, *options, "--out", out)
    monkeypatch.undo()
    assert result.exit_code == 3
    assert f"pdedsl resume {out}" in result.stderr
    result = run("resume", out, "--no-plots", "--json")
    assert json.loads(result.stdout)["iterations"] == 21
    assert "checkpoint of iteration 9" in result.stderr
    assert numbers(out) == numbers(tmp_path / "whole")
    rows = [(out / "history.csv"), (tmp_path / "whole" / "history.csv")]
    first, second = ({r.split(",")[0] for r in path.read_text().splitlines()} for path in rows)
    assert {"1", "21"} <= first & second


def test_more_iterations(run, tmp_path, spec):
    run(
        "solve",
        spec,
        "--method",
        "adam_lbfgs",
        "--iterations",
        "30",
        *SMALL,
        "--out",
        tmp_path / "a",
    )
    run(
        "solve",
        spec,
        "--method",
        "adam_lbfgs",
        "--iterations",
        "18",
        *SMALL,
        "--out",
        tmp_path / "b",
    )
    result = run("resume", tmp_path / "b", "--no-plots")
    assert result.exit_code == 1
    assert "all iterations of its method are made, 19 in all" in result.stderr
    assert "--iterations 1000" in result.stderr
    run("resume", tmp_path / "b", "--iterations", "12", "--no-plots")
    assert numbers(tmp_path / "b") == numbers(tmp_path / "a")
    run(
        "solve",
        spec,
        "--method",
        tmp_path / "b" / "method.toml",
        "--no-plots",
        "--out",
        tmp_path / "c",
    )
    assert numbers(tmp_path / "c") == numbers(tmp_path / "a")


def test_a_run_that_was_killed_after_its_training_is_brought_to_its_end(run, tmp_path, spec):
    out = tmp_path / "a"
    run("solve", spec, "--method", "lm", "--iterations", "6", *SMALL, "--out", out)
    wanted = numbers(out)
    record = json.loads((out / "run.json").read_text())
    del record["ended"]
    (out / "run.json").write_text(json.dumps(record | {"status": "running"}))
    (out / "checkpoint.safetensors").unlink()
    assert "checkpoint of iteration 7" in run("resume", out, "--no-plots").stderr
    assert json.loads((out / "run.json").read_text())["ended"] == "iterations"
    assert numbers(out) == wanted


def test_a_spent_budget_needs_another(run, tmp_path, spec, monkeypatch):
    from pdedsl.training import watch

    options = ("--method", "lm", "--iterations", "12", *SMALL)
    run("solve", spec, *options, "--out", tmp_path / "whole")
    spent = watch.Watch.spent

    def late(self, *share):
        return self.at_budget() if self.iterations == 6 else spent(self, *share)

    monkeypatch.setattr(watch.Watch, "spent", late)
    out = tmp_path / "a"
    run("solve", spec, *options, "--budget", "1e4", "--out", out)
    monkeypatch.undo()
    assert json.loads((out / "run.json").read_text())["ended"] == "budget"
    result = run("resume", out, "--no-plots")
    assert result.exit_code == 1
    assert "its budget is spent" in result.stderr
    assert "--budget 60" in result.stderr
    run("resume", out, "--budget", "1e4", "--no-plots")
    assert numbers(out) == numbers(tmp_path / "whole")


def test_a_run_that_has_ended_is_shown(run, tmp_path):
    spec = tmp_path / "line.pde"
    spec.write_text(HEAT.replace("heat", "ended"))
    out = tmp_path / "a"
    run("solve", spec, "--out", out, "--no-plots")
    assert not (out / "training.safetensors").exists()
    before = (out / "run.json").read_bytes()
    result = run("resume", out)
    assert result.exit_code == 0
    assert "nothing of it is left to do" in result.stderr
    assert (out / "run.json").read_bytes() == before


def test_a_run_that_was_killed_while_its_method_was_chosen(run, tmp_path, spec):
    out = tmp_path / "a"
    run("solve", spec, "--method", "lm", "--iterations", "5", *SMALL, "--out", tmp_path / "whole")
    from pdedsl.runs import RunFolder
    from pdedsl.sema import problem_of
    from pdedsl.solution.saved.request import Request
    from pdedsl.solution.storage import announce
    from pdedsl.syntax import load_source

    settings = tuple(pair.split("=") for pair in SMALL if "=" in pair)
    problem = problem_of(load_source(spec), spec.parent, None)
    announce(problem, Request("lm", settings, 5), RunFolder.exactly(out))
    spec.unlink()
    result = run("resume", out, "--no-plots")
    assert "had not begun to train" in result.stderr
    assert numbers(out) == numbers(tmp_path / "whole")


def test_what_cannot_go_on_says_why(run, tmp_path, spec):
    result = run("resume", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "no such run folder" in result.stderr
    (tmp_path / "empty").mkdir()
    assert "nothing in it to go on with" in run("resume", tmp_path / "empty").stderr
    out = tmp_path / "a"
    run("solve", spec, "--method", "lm", "--iterations", "3", *SMALL, "--out", out)
    claim = Claim(out)
    result = run("resume", out, "--iterations", "3")
    claim.release()
    assert result.exit_code == 2
    assert "is at work in another process" in result.stderr
    (out / "training.safetensors").write_bytes(b"torn")
    result = run("resume", out, "--iterations", "3")
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr


def test_a_full_disk_is_told_at_once_and_the_last_good_checkpoint_stays(
    run, tmp_path, spec, monkeypatch
):
    from pdedsl.runs import training_file

    options = ("--method", "lm", "--iterations", "12", *SMALL, "--checkpoint-every", "1")
    run("solve", spec, *options, "--out", tmp_path / "whole")
    out, write, count = tmp_path / "a", training_file.write_bytes, iter(range(1000))

    def full(path, content):
        if next(count) > 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content)

    monkeypatch.setattr(training_file, "write_bytes", full)
    result = run("solve", spec, *options, "--out", out)
    monkeypatch.undo()
    assert result.exit_code == 3
    assert "No space left on device; the training goes on" in result.stderr
    assert "the last good checkpoint is that of iteration 6 in" in result.stderr
    assert f"pdedsl resume {out}" in result.stderr
    assert RunFolder(out).training.is_file()
    assert numbers(out) == numbers(tmp_path / "whole")
    (out / "checkpoint.safetensors").unlink()
    run("resume", out, "--no-plots")
    assert numbers(out) == numbers(tmp_path / "whole")
