"""A spec at several values of its parameters, on several processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pdedsl.cli.options import Values
from pdedsl.cli.sweeping import cases_of

SPEC = """param k = 1
domain O: x in [0, 1]
unknown u(x)
eq: u_xx = -k^2*sin(k*x)
bc: u = sin(k*x)  on boundary
exact u = sin(k*x)
output middle = u(0.5)
"""


@pytest.fixture
def spec(place):
    (place / "wave.pde").write_text(SPEC)
    return place


@pytest.mark.parametrize(("text", "values"), [
    ("k=1..4", (1, 2, 3, 4)), ("k=2,0.5", (2, 0.5)), ("k=-1..1:3", (-1, 0, 1)),
    ("k=0.01..100:log5", (0.01, 0.1, 1, 10, 100)), ("k=3", (3,)),
])  # fmt: skip
def test_values_are_written_out(text, values):
    name, found = Values().convert(text, None, None)
    assert name == "k" and found == pytest.approx(values, rel=1e-14)
    assert found[0] == values[0] and found[-1] == values[-1]


@pytest.mark.parametrize("text", [
    "k=0.5..4", "k=4..1", "k=1..", "k", "=1..2", "k=1,", "k=0..1:1", "k=-1..1:log3", "k=nan",
])  # fmt: skip
def test_values_that_mean_nothing_are_refused(spec, run, text):
    result = run("sweep", "wave.pde", "--set", text)
    assert result.exit_code == 2
    assert "k=0..1:11" in result.stderr


def test_all_combinations_are_cases(tmp_path):
    found = cases_of([("a", (1, 2)), ("b", (0.5,))], (0, 1), tmp_path)
    assert [case.folder.name for case in found] == [
        "a=1,b=0.5,seed=0", "a=1,b=0.5,seed=1", "a=2,b=0.5,seed=0", "a=2,b=0.5,seed=1",
    ]  # fmt: skip


def test_a_sweep_solves_each_case_once(spec, run):
    arguments = ("sweep", "wave.pde", "--budget", "20", "--processes", "2", "--out", "all")
    first = run(*arguments, "--set", "k=1,2", "--json", "--quiet")
    assert first.exit_code == 0, first.stderr
    found = json.loads(first.stdout)
    assert [own["values"] for own in found] == [{"k": 1}, {"k": 2}]
    assert all(own["error"] < 1e-12 for own in found)
    middles = [own["outputs"]["middle"] for own in found]
    assert middles == pytest.approx(np.sin([0.5, 1]), rel=1e-12)
    dates = [(spec / "all" / f"k={k}" / "run.json").stat().st_mtime_ns for k in (1, 2)]
    again = run(*arguments, "--set", "k=1..3")
    assert again.exit_code == 0 and "1 of 1  k=3" in again.stderr
    assert dates == [(spec / "all" / f"k={k}" / "run.json").stat().st_mtime_ns for k in (1, 2)]
    assert [line.split()[0] for line in again.stdout.splitlines()[1:4]] == ["1", "2", "3"]


def test_a_folder_of_anything_else_is_refused(spec, run):
    (spec / "mine").mkdir()
    (spec / "mine" / "notes.txt").write_text("do not lose this")
    taken = run("sweep", "wave.pde", "--set", "k=1,2", "--out", "mine")
    assert taken.exit_code == 2 and "holds no sweep" in taken.stderr
    (spec / "swept").mkdir()
    (spec / "swept" / "sweep.json").write_text('{"spec_sha256": "0", "options": []}')
    other = run("sweep", "wave.pde", "--set", "k=1,2", "--out", "swept")
    assert other.exit_code == 2 and "another spec" in other.stderr


def test_what_is_wrong_with_the_spec_is_told_once(spec, run):
    wrong = run("sweep", "wave.pde", "--set", "kk=1..9")
    assert wrong.exit_code == 1 and wrong.stderr.count("E803") == 1
    twice = run("sweep", "wave.pde", "--set", "k=1", "--set", "k=2")
    assert twice.exit_code == 2 and "k is set twice" in twice.stderr
    many = run("sweep", "wave.pde", "--set", "k=1..200000")
    assert many.exit_code == 2 and "200000 cases" in many.stderr
    assert not (spec / "runs").exists()


def test_a_sweep_that_is_ended_goes_on(spec):
    """The case at work saves its best state; the same command goes on with it."""
    command = [
        sys.executable, "-m", "pdedsl", "sweep", "wave.pde", "--set", "k=1,2", "--processes", "1",
        "--method", "adam", "--with", "optimizer.iterations=40000000", "--out", "all", "--quiet",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=spec, stdout=subprocess.PIPE, text=True)
    record = spec / "all" / "k=1" / "run.json"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (record.exists() and "running" in record.read_text()):
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "go on with the same command and --out all" in out
    assert json.loads(record.read_text())["status"] == "interrupted"
    assert not (spec / "all" / "k=2").exists()


def test_a_script_for_the_jobs_of_a_cluster(spec, run):
    arguments = ("sweep", "wave.pde", "--set", "k=1,2", "--budget", "20", "--out", "all")
    written = run(*arguments, "--script", "jobs.sh")
    assert written.exit_code == 0 and "2 cases in jobs.sh" in written.stdout
    assert not (spec / "all" / "k=1").exists()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    jobs = [
        subprocess.run(
            ["sh", "jobs.sh", *more], cwd=spec, env=os.environ | {"PATH": path} | own,
            capture_output=True, text=True,
        )
        for more, own in ((["2"], {}), ([], {"SLURM_ARRAY_TASK_ID": "1"}), (["3"], {}))
    ]  # fmt: skip
    assert [job.returncode for job in jobs] == [0, 0, 2], jobs
    assert "job numbers are 1 to 2" in jobs[2].stderr
    table = run(*arguments, "--json")
    assert [own["error"] < 1e-12 for own in json.loads(table.stdout)] == [True, True]
    assert "of" not in table.stderr  # nothing was left to solve
    taken = run(*arguments, "--script", "jobs.sh")
    assert taken.exit_code == 2 and "is there already" in taken.stderr
