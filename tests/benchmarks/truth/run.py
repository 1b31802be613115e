"""One case through the command line, and whether what was said of it is true."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .case import Case

CLOSE = 1e-3
"""Relative error of values up to which a result is right."""


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Args:
        word: ``right``; ``told``: said not to be trusted; ``alarm``: said so although it is right;
            ``WRONG``: called right although it is wrong; ``BROKEN``: an error of the program.
        status: that of the result, or the exit status where there is none.
        error: of the values, where there are some.
        reason: why it is not to be trusted.
        seconds: of the clock.
    """

    word: str
    status: str
    error: float | None
    reason: str
    seconds: float


def judge(case: Case, budget: float) -> Verdict:
    """Solve a case and compare."""
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "case.pde").write_text(case.text, encoding="utf-8")
        command = ["solve", "case.pde", "--json", "--no-plots", "--out", "run"]
        done = _pdedsl([*command, "--budget", str(budget)], place)
        seconds = time.monotonic() - began
        try:
            data = json.loads(done.stdout)
        except ValueError:
            return Verdict("BROKEN", str(done.returncode), None, done.stderr[-300:], seconds)
        error = _error(case, place) if "iterations" in data else None
    reason = data.get("failure") or data.get("reason", "")
    if "Traceback" in done.stderr:
        return Verdict("BROKEN", data["status"], error, done.stderr[-300:], seconds)
    return Verdict(_word(case, done.returncode, error), data["status"], error, reason, seconds)


def _word(case: Case, code: int, error: float | None) -> str:
    right = error is not None and error <= CLOSE
    if code == 0:
        return "right" if right else "WRONG"
    return "alarm" if right else "told"


def _error(case: Case, place: Path) -> float | None:
    """Of the values; None where there are none, or the run holds no solution."""
    values = []
    for truth in case.truths:
        at = ",".join(f"{name}={value!r}" for name, value in truth.at.items())
        done = _pdedsl(["eval", "run", "--at", at, "--field", truth.field, "--json"], place)
        if done.returncode:
            return None
        values.append(float(json.loads(done.stdout)["columns"][truth.field][0]))
    return case.error(values) if values else None


def _pdedsl(arguments: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pdedsl", *arguments]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
