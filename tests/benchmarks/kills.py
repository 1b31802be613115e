"""Runs that are killed at random times go on to the numbers of a run without a break.

``python -m tests.benchmarks.kills --kills 100`` kills runs of small networks with SIGKILL, each up
to five times at times drawn evenly from the duration of a whole run, and lets them go on. A line
for each run says where it went on and whether its parameters are, digit by digit, those of the run
that was left alone; the exit status is 1 where any are not. With ``--processes`` every command is a
process that loads all anew, in place of a copy of this one.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pdedsl.choice.auto
import pdedsl.solution.solving
import pdedsl.training.train  # so that copies of this process have nothing to load  # noqa: F401
from tests import killing

_MOST = 5  # kills of one run
_METHODS = {
    "lm": ("optimizer.tolerance=1e-30", "sampling.resample=7"),
    "adam": ("sampling.resample=50", "schedule.rules=[{kind = 'annealing', every = 20}]"),
    "ssbroyden": ("schedule.stages=[{kind = 'ssbroyden', tolerance = 1e-30}]",),
    "windows": (),
}
_ITERATIONS = {"lm": 60, "adam": 400, "ssbroyden": 150, "windows": 12}
_SMALL = ("sampling.points.eq=80", "sampling.points.bc=20", "sampling.points.ic=20")


def arguments(method: str, spec: Path, folder: Path) -> list[str]:
    """The command line of a run."""
    size = [] if method == "windows" else ["model.width=8", "model.depth=2"]
    settings = [part for own in (*_METHODS[method], *size, *_SMALL) for part in ("--with", own)]
    limits = ["--iterations", str(_ITERATIONS[method]), "--checkpoint-every", "10"]
    return ["solve", str(spec), "--method", method, *settings, *limits, *killing.QUIET,
            "--out", str(folder)]  # fmt: skip


def kill_often(
    start: Sequence[str], folder: Path, seconds: float, most: int, draw: random.Random, whole: bool
) -> tuple[int, list[str]]:
    """Kill a run up to so many times, and let it come to its end.

    Returns:
        How often it was killed, and what was there to go on with each time.
    """
    kills, places = 0, list[str]()
    while True:
        known = (folder / "run.json").is_file()
        command = ["resume", str(folder), *killing.QUIET] if known else list(start)
        limit = draw.uniform(0.0, seconds) if kills < most else None
        if not killing.killed(command, limit, whole):
            return kills, places
        kills += 1
        places.append(killing.place(folder))


def main() -> int:
    """Read the arguments, kill, and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--methods", default=",".join(_METHODS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", action="store_true")
    given = parser.parse_args()
    draw, left, wrong, runs = random.Random(given.seed), given.kills, 0, 0
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        spec = killing.write_spec(base / "heat.pde")
        wanted: dict[str, tuple[bytes, float]] = {}
        while left > 0:
            method = given.methods.split(",")[runs % len(given.methods.split(","))]
            if method not in wanted:
                began, folder = time.monotonic(), base / method
                killing.killed(arguments(method, spec, folder), None, given.processes)
                wanted[method] = killing.numbers(folder), time.monotonic() - began
                print(f"{method}: a whole run takes {wanted[method][1]:.1f} s", flush=True)
            numbers, seconds = wanted[method]
            runs += 1
            folder = base / f"{method}-{runs}"
            start = arguments(method, spec, folder)
            most = min(left, draw.randint(1, _MOST))
            kills, places = kill_often(start, folder, seconds, most, draw, given.processes)
            left -= kills
            same = killing.numbers(folder) == numbers
            wrong += not same
            told = "the same numbers" if same else "OTHER NUMBERS"
            print(f"{method} {runs}: {kills} kills ({', '.join(places)}): {told}", flush=True)
    print(f"{given.kills - left} kills in {runs} runs; {wrong} ended at other numbers")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
