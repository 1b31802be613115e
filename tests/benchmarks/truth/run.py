"""One case through the command line, and whether what was said of it is true."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pdedsl

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
        values: at the points of the truths.
        estimate: the largest relative error that is estimated; None where none is.
    """

    word: str
    status: str
    error: float | None
    reason: str
    seconds: float
    values: tuple[float, ...] = ()
    estimate: float | None = None


def judge(case: Case, budget: float) -> Verdict:
    """Solve a case and compare."""
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in {"case.pde": case.text, **case.files}.items():
            (place / name).write_text(text, encoding="utf-8")
        command = ["solve", "case.pde", "--json", "--no-plots", "--out", "run"]
        done = _pdedsl([*command, "--budget", str(budget)], place)
        seconds = time.monotonic() - began
        try:
            data = json.loads(done.stdout)
        except ValueError:
            return Verdict("BROKEN", str(done.returncode), None, done.stderr[-300:], seconds)
        values = _values(case, place) if "iterations" in data else ()
    error = case.error(values) if values else None
    reason = data.get("failure") or data.get("reason", "")
    if "Traceback" in done.stderr:
        return Verdict("BROKEN", data["status"], error, done.stderr[-300:], seconds)
    word, fields = _word(case, done.returncode, error), (data.get("estimate") or {}).get("fields")
    sizes = [own["relative"] for own in (fields or {}).values() if own["relative"] is not None]
    return Verdict(word, data["status"], error, reason, seconds, values, max(sizes, default=None))


def _word(case: Case, code: int, error: float | None) -> str:
    right = error is not None and error <= CLOSE
    if code == 0:
        return "right" if right else "WRONG"
    return "alarm" if right else "told"


def _values(case: Case, place: Path) -> tuple[float, ...]:
    """At the points of the truths; none where the run holds no solution."""
    if not case.truths:
        return ()
    try:
        solution = pdedsl.Solution.load(place / "run")
    except pdedsl.UserError:
        return ()
    return tuple(
        float(solution.derivative(t.field)(**t.at)) if t.at else solution.numbers[t.field]
        for t in case.truths
    )


def _pdedsl(arguments: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pdedsl", *arguments]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
