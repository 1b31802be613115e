"""One problem through the command line, and how far it is from the truth."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import pdedsl

from .cases import Case
from .truth import Array, Truth

_CHUNK = 20_000  # points that are evaluated at once


@dataclass(frozen=True)
class Row:
    """What became of a problem.

    Args:
        status: the ending word; ``BROKEN`` where the program failed.
        code: of the exit.
        error: of all fields together; None without a solution or without a truth.
        estimate: the same as the program has it; None where it has none.
        seconds: of the clock.
        reason: what is said against the result.
        method: why it was chosen.
    """

    status: str
    code: int
    error: float | None
    estimate: float | None
    seconds: float
    reason: str
    method: str


def solve(case: Case, budget: float, folder: Path) -> Row:
    """Solve it by bare ``pdedsl solve FILE --budget SECONDS``."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pdedsl", "solve", str(case.file), "--budget", f"{budget:g}",
               "--json", "--no-plots", "--out", str(folder)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return judge(case, done.stdout, done.returncode, time.monotonic() - began, folder)


def judge(case: Case, output: str, code: int, seconds: float, folder: Path) -> Row:
    """Compare what was written with the truth."""
    try:
        data = json.loads(output)
    except ValueError:
        return Row("BROKEN", code, None, None, seconds, output[-300:], "")
    error = None
    if case.truth and "iterations" in data:
        truth = case.truth()
        error = truth.error(values(pdedsl.Solution.load(folder), truth))
    reason = data.get("failure") or data.get("reason") or ""
    method = data.get("why") or ""
    return Row(str(data.get("status")), code, error, estimated(data), seconds, reason, method)


def values(solution: pdedsl.Solution, truth: Truth) -> dict[str, Array]:
    """The fields of a solution at the points of a truth."""
    parts = np.array_split(truth.points, 1 + len(truth.points) // _CHUNK)
    return {f: np.concatenate([solution.sample(f, p) for p in parts]) for f in truth.values}


def estimated(data: Mapping[str, Any]) -> float | None:
    """(Σ_f e_f²)^{1/2}/(Σ_f ‖u_f‖²)^{1/2} of the estimated errors of the fields."""
    fields = ((data.get("estimate") or {}).get("fields") or {}).values()
    pairs = [(own["l2"], own["relative"]) for own in fields]
    if not pairs or any(a is None or b is None for a, b in pairs):
        return None
    size = math.hypot(*(a / b if b else 0.0 for a, b in pairs))
    return math.hypot(*(a for a, _ in pairs)) / size if size else 0.0
