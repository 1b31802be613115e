"""The list of runs, runs side by side, and processes that start together."""

from __future__ import annotations

import json
import multiprocessing
import os

import pytest

from pdedsl.runs import Claim, RunFolder, is_claimed
from tests import killing

QUICK = ("--method", "quick.toml", "--no-plots", "--quiet")


def numbered(parent, count, start, found):
    """Make run folders as fast as possible."""
    start.wait()
    found.put([RunFolder.numbered(parent, "heat").path.name for _ in range(count)])


def test_processes_that_start_together_never_share_a_number(tmp_path):
    context = multiprocessing.get_context("fork")
    found, start = context.Queue(), context.Event()
    arguments = (tmp_path, 25, start, found)
    processes = [context.Process(target=numbered, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    start.set()
    names = [name for _ in processes for name in found.get(timeout=60)]
    for process in processes:
        process.join()
    assert len(set(names)) == len(names) == 100
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())


def test_two_solves_at_once(run, place):
    processes = [killing.copy_of(["solve", "line.pde", *QUICK]) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    records = [json.loads(p.read_text()) for p in sorted(place.glob("runs/*/run.json"))]
    assert [record["run"] for record in records] == ["runs/line-001", "runs/line-002"]
    first, second = (killing.numbers(place / record["run"]) for record in records)
    assert first == second


def test_one_folder_serves_one_run(run, place):
    (place / "a").mkdir()
    claim = Claim(place / "a")
    assert is_claimed(place / "a")
    result = run("solve", "line.pde", *QUICK, "--out", "a")
    claim.release()
    assert result.exit_code == 2
    assert "taken by another run" in result.stderr
    assert not list((place / "a").iterdir())
    assert not is_claimed(place / "a")


@pytest.fixture
def two(run, place):
    for name, seed in (("a", 0), ("b", 1)):
        run("solve", "line.pde", *QUICK, "--seed", seed, "--out", f"runs/{name}")
    return place


def test_the_list(run, two):
    broken = two / "runs" / "sub" / "c"
    broken.mkdir(parents=True)
    record = {"problem": "line", "method": "auto", "status": "running", "process": os.getpid()}
    (broken / "run.json").write_text(json.dumps(record))
    (two / "runs" / "other").mkdir()
    entries = {entry["run"]: entry for entry in json.loads(run("runs", "--json").stdout)}
    assert set(entries) == {"runs/a", "runs/b", "runs/sub/c"}
    saved = json.loads((two / "runs/a/run.json").read_text())
    entry = entries["runs/a"]
    assert entry["error"] == saved["errors"]["u"]["rel_l2"]
    assert entry["estimate"] == saved["estimate"]["fields"]["u"]["relative"]
    assert entry["seconds"] == saved["seconds"]["total"]
    assert (entry["problem"], entry["method"]) == ("line", "quick.toml")
    assert entries["runs/sub/c"]["status"] == "interrupted"
    claim = Claim(broken)
    (again,) = json.loads(run("runs", broken, "--json").stdout)
    claim.release()
    assert again["status"] == "running"
    text = run("runs").stdout
    assert "runs/sub/c" in text
    assert "pdedsl resume runs/sub/c" in text


def test_a_folder_without_runs(run, place):
    assert run("runs", place).stdout == f"no runs in {place}\n"
    result = run("runs", "nowhere")
    assert result.exit_code == 2
    assert "no runs in nowhere" in result.stderr


def test_runs_side_by_side(run, two):
    text = run("compare", "runs/a", "runs/b").stdout
    assert "L2 difference from a" in text
    _, data = json.loads(run("compare", "runs/a", "runs/b", "--json").stdout)
    errors = [json.loads((two / f"runs/{n}/run.json").read_text())["errors"]["u"] for n in "ab"]
    found = data["differences"]["u"]
    assert 0 < found["rel_l2"] <= 1.01 * sum(own["rel_l2"] for own in errors)
    assert 0 < found["linf"] <= 1.01 * sum(own["linf"] for own in errors)
    same = json.loads(run("compare", "runs/a", "runs/a", "--json").stdout)[1]
    assert same["differences"]["u"]["linf"] == 0.0


def test_runs_without_a_common_field(run, two):
    run("solve", "plane.pde", *QUICK, "--out", "runs/c")
    assert "no field is in both" in run("compare", "runs/a", "runs/c").stdout


def test_what_cannot_be_compared(run, two):
    assert "--methods" in run("compare", "line.pde").stderr
    assert "two run folders or more" in run("compare", "runs/a").stderr
    assert run("compare", "runs/a", "runs/b", "--methods", "lm").exit_code == 2
