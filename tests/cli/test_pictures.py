"""Pictures within the time that is left, and left out when asked."""

from __future__ import annotations

import os
import signal

from pdedsl.choice.allowance import Allowance
from pdedsl.results import Solution

QUICK = ("solve", "line.pde", "--method", "quick.toml", "--iterations", 3)


def test_without_time_they_are_left_out_and_said(run, place, monkeypatch):
    monkeypatch.setattr("pdedsl.cli.pictures._LEAST", 0.0)  # else there is time on a fast machine
    result = run(*QUICK, "--out", "r", "--budget", 1e-6)
    assert "pictures are left out, as the budget is spent: pdedsl plot r draws them" in (
        result.stderr
    )
    assert not (place / "r" / "pictures").exists()
    assert (place / "r" / "checkpoint.safetensors").exists()


def test_a_request_leaves_out_those_that_are_left(run, place, monkeypatch):
    drawn = Solution.plot

    def interrupted(self, folder=None, go_on=None):
        os.kill(os.getpid(), signal.SIGINT)
        return drawn(self, folder, go_on)

    monkeypatch.setattr(Solution, "plot", interrupted)
    result = run(*QUICK, "--out", "r")
    assert result.exit_code == 3
    assert "pictures are left out, as you stopped it" in result.stderr
    assert [path.stem for path in (place / "r" / "pictures").iterdir()] == ["solution_u"]
    assert (place / "r" / "run.json").exists()


def test_the_clock_runs_from_the_begin_of_the_command(run, monkeypatch):
    begun: list[float | None] = []
    make = Allowance.__init__

    def noted(self, seconds, *others, **more):
        begun.append(seconds)
        make(self, seconds, *others, **more)

    monkeypatch.setattr(Allowance, "__init__", noted)
    run(*QUICK, "--no-plots", "--budget", 70)
    assert begun[0] == 70
    assert begun.count(70) == 1
