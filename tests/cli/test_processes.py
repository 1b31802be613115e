"""A solve by several processes, from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tests.killing import place, write_spec

SOLVE = ("solve", "heat.pde", "--method", "lm", "--with", "model.width=10", "--no-plots")


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command in a folder that has a spec."""
    write_spec(folder / "heat.pde")
    return subprocess.Popen(
        [sys.executable, "-m", "pdedsl", *arguments], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def others_of(running: subprocess.Popen[str]) -> list[int]:
    """The processes that it has started."""
    found = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text(encoding="utf-8")
    return [int(number) for number in found.split()]


def has_trained(run: Path) -> bool:
    """Whether a state after some iterations is kept."""
    return place(run) not in ("nothing", "its request", "iteration 0")


def wait_for(what, seconds: float = 90.0):
    """What a function gives, once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing came within {seconds} s")


def test_two_processes_end_where_one_does(tmp_path: Path) -> None:
    ends = []
    for number in ("1", "2"):
        running = begin(
            tmp_path, *SOLVE, "--iterations", "8", "--processes", number, "--out", number, "--json"
        )
        out, err = running.communicate(timeout=120)
        assert running.returncode in (0, 3), err
        ends.append(json.loads(out))
    one, two = (end["errors"]["u"]["rel_l2"] for end in ends)
    assert two == pytest.approx(one, rel=1e-6)
    assert ends[0]["loss"] == pytest.approx(ends[1]["loss"], rel=1e-6)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_a_lost_process_is_told_and_the_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    more = ("--iterations", "2000", "--checkpoint-every", "2", "--out", "run")
    running = begin(tmp_path, *SOLVE, "--processes", "2", *more)
    wait_for(lambda: has_trained(tmp_path / "run"))
    (other,) = others_of(running)
    os.kill(other, signal.SIGKILL)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 3
    last = err.strip().splitlines()[-1]
    assert last.startswith("pdedsl: process 1 of 2 was killed by signal 9; "), err
    assert "pdedsl resume run --processes 2" in last
    assert "Traceback" not in err
    kept = place(tmp_path / "run")
    # On another number of processes.
    resumed = begin(tmp_path, "resume", "run", "--iterations", "3", "--no-plots")
    _, err = resumed.communicate(timeout=90)
    assert f"going on from the checkpoint of {kept}" in err
    assert load_file(tmp_path / "run" / "checkpoint.safetensors")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_others_end_with_the_first(tmp_path: Path) -> None:
    running = begin(tmp_path, *SOLVE, "--iterations", "2000", "--processes", "3", "--out", "run")
    others = wait_for(lambda: len(others_of(running)) == 2 and others_of(running))
    wait_for(lambda: has_trained(tmp_path / "run"))
    running.kill()
    running.communicate(timeout=30)
    wait_for(lambda: not any(Path(f"/proc/{number}").is_dir() for number in others), 30)


def test_torchrun_starts_them_too(tmp_path: Path) -> None:
    write_spec(tmp_path / "heat.pde")
    done = subprocess.run(
        [
            sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2",
            "-m", "pdedsl", *SOLVE, "--iterations", "3", "--out", "run", "--accept", "0.99",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.stdout.count("saved in") == 1, done.stderr
    assert done.stderr.count("method lm: as asked for") == 1
