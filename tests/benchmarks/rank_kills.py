"""Solves of two processes of which one is killed go on to the numbers of a solve without a break.

``python -m tests.benchmarks.rank_kills --kills 20`` kills, with SIGKILL and in turn, the first
process and the other one, at times drawn evenly from the second half of a whole run (its first half
is loading), and lets each run go on. A line for each run says what was told, from where it went
on, and whether its parameters are, digit by digit, those of the run that was left alone; the exit
status is 1 where any are not, or where a process was left behind.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import killing

_ITERATIONS = 120


def arguments(spec: Path, folder: Path) -> list[str]:
    """The command line of a run."""
    small = ("model.width=10", "sampling.points.eq=200", "optimizer.tolerance=1e-30")
    settings = [part for own in small for part in ("--with", own)]
    limits = ["--iterations", str(_ITERATIONS), "--checkpoint-every", "5", "--processes", "2"]
    return ["solve", str(spec), "--method", "lm", *settings, *limits, *killing.QUIET,
            "--out", str(folder)]  # fmt: skip


def begin(command: list[str]) -> subprocess.Popen[str]:
    """A command of pdedsl with one thread a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "pdedsl", *command], text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def kill_one(running: subprocess.Popen[str], first: bool) -> str:
    """Kill one of both processes; what the first one says of it, if it can."""
    found = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text(encoding="utf-8")
    other = int(found.split()[0])
    os.kill(running.pid if first else other, signal.SIGKILL)
    _, said = running.communicate(timeout=60)
    end = time.monotonic() + 30
    while Path(f"/proc/{other}").is_dir() and time.monotonic() < end:
        time.sleep(0.05)
    if Path(f"/proc/{other}").is_dir():
        return "A PROCESS IS LEFT"
    lines = said.strip().splitlines()
    return "nothing" if first else lines[-1].partition(";")[0] if lines else "NOTHING IS TOLD"


def main() -> int:
    """Read the arguments, kill, and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    draw, wrong = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        spec = killing.write_spec(base / "heat.pde")
        start = time.monotonic()
        begin(arguments(spec, base / "whole")).communicate()
        seconds = time.monotonic() - start
        numbers = killing.numbers(base / "whole")
        print(f"a whole run takes {seconds:.1f} s", flush=True)
        for number in range(given.kills):
            folder = base / str(number)
            running = begin(arguments(spec, folder))
            time.sleep(draw.uniform(0.5, 0.95) * seconds)
            if running.poll() is not None:
                print(f"{number}: had ended before")
                continue
            told = kill_one(running, first=number % 2 == 0)
            kept = killing.place(folder)
            known = (folder / "run.json").is_file()
            command = ["resume", str(folder), "--processes", "2", *killing.QUIET]
            begin(command if known else arguments(spec, folder)).communicate()
            same = killing.numbers(folder) == numbers and not told.isupper()
            wrong += not same
            ending = "the same numbers" if same else "OTHER NUMBERS"
            print(f"{number}: told {told}; from {kept}: {ending}", flush=True)
    print(f"{wrong} of {given.kills} runs went wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
