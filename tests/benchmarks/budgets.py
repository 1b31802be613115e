"""Seconds that are asked for and taken, beside other programs that are busy.

``python -m tests.benchmarks.budgets --budgets 5,20 --busy 4 burgers kdv`` solves each spec by
``pdedsl solve`` in a process of its own, beside so many that count for ever, and prints a line for
each: asked, taken by the clock from the start of the process to its end, the bound
1.2 · asked + 3, how it ended, and the error where it is known. All specs of the gallery by default.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .accuracy_cell import ROOT, SPECS

_SHARE, _LEAST = 1.2, 3.0
_HUNG = 300.0  # seconds beside five times the budget


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but count."""
    others = [subprocess.Popen([sys.executable, "-c", "while 1: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def measure(spec: str, budget: float) -> str:
    """The line of a spec and a budget."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "pdedsl", "solve", str(SPECS / f"{spec}.pde"), "--json",
            "--quiet", "--budget", f"{budget:g}", "--out", str(Path(folder) / "run"),
        ]  # fmt: skip
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"}, timeout=5 * budget + _HUNG,
        )  # fmt: skip
        taken = time.monotonic() - began
    data = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    errors = [own["rel_l2"] for own in (data.get("errors") or {}).values()]
    error = f"{max(errors):.1e}" if errors else "-"
    bound = _SHARE * budget + _LEAST
    late = "" if taken <= bound else " LATE"
    status = data.get("status", f"exit {done.returncode}")
    method = data.get("why", "").split(":")[0].split(";")[0][:32]
    return (
        f"| {spec} | {budget:g} | {taken:.1f} | {bound:.1f}{late} | {status} | {error} | {method} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", nargs="*", default=sorted(p.stem for p in SPECS.glob("*.pde")))
    parser.add_argument("--budgets", default="5,10,20", help="seconds, with commas between")
    parser.add_argument("--busy", type=int, default=4, help="other processes")
    given = parser.parse_args(arguments)
    print("| spec | asked | taken | bound | status | error | method |\n|" + "---|" * 7)
    with busy(given.busy):
        for spec in given.specs:
            for budget in given.budgets.split(","):
                print(measure(spec, float(budget)), flush=True)


if __name__ == "__main__":
    main()
