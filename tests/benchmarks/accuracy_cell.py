"""One cell of the accuracy benchmark, in a process of its own; `accuracy` starts it."""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .accuracy_store import FAILED, UNSUPPORTED, Cell, Key

if TYPE_CHECKING:
    from pdedsl.solution.known import Known

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
# What pdedsl is told besides problem, budget and seed; `pdedsl solve --model mlp` does the same.
SETTINGS: dict[str, tuple[tuple[str, str], ...]] = {"auto": (), "network": (("model.kind", "mlp"),)}
_SPARE = 300.0  # seconds beside five times the budget, after which a cell has hung


def run_cell(key: Key) -> Cell:
    """Run a cell in a fresh process; one that breaks down or hangs has the status `FAILED`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cell.json"
        command = [sys.executable, "-m", __name__, json.dumps(asdict(key)), str(place)]
        limit = 5 * key.budget + _SPARE
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=_environment(key),
                timeout=limit,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Cell(key, FAILED, f"no end after {limit:.0f} s")
        if done.returncode or not place.exists():
            lines = done.stderr.strip().splitlines()
            last = lines[-1] if lines else "no word"
            return Cell(key, FAILED, f"exit status {done.returncode}: {last}")
        data = json.loads(place.read_text("utf-8"))
        return Cell(**{**data, "key": key, "curve": [tuple(pair) for pair in data["curve"]]})


def solve_cell(key: Key) -> Cell:
    """Run a cell in this process."""
    return _deepxde(key) if key.column == "deepxde" else _pdedsl(key)


def _environment(key: Key) -> dict[str, str]:
    """That of this process, and for pdedsl what its command line adds."""
    more = {} if key.column == "deepxde" else {"GOMP_SPINCOUNT": "6000"}
    return {**more, **os.environ}


def _pdedsl(key: Key) -> Cell:
    # Loaded where they are first used, which is not to count.
    import scipy.stats  # noqa: F401
    import torch  # noqa: F401

    import pdedsl
    import pdedsl.choice.auto
    import pdedsl.solution.solving
    from pdedsl.solution.known import known_values

    problem = pdedsl.load(SPECS / f"{key.spec}.pde")
    settings = SETTINGS[key.column]
    try:
        solution = pdedsl.solve(problem, budget=key.budget, seed=key.seed, settings=settings)
    except pdedsl.UserError as error:
        return Cell(key, UNSUPPORTED, str(error).splitlines()[0], machine=machine())
    outcome, how = solution.outcome, solution.provenance
    numbers = {n: _number(e["relative"]) for n, e in solution.number_errors.items()}
    return Cell(
        key,
        outcome.status,
        outcome.reason,
        how.why,
        relative_errors(solution.errors or {}, known_values(problem)),
        numbers,
        {name: float(value) for name, value in how.seconds.items()},
        _finite((p.seconds, p.rel_l2) for p in outcome.history if p.rel_l2 is not None),
        machine(),
    )


def _deepxde(key: Key) -> Cell:
    import pdedsl
    from pdedsl.solution.errors import field_errors
    from pdedsl.solution.known import known_values
    from tests.benchmarks.peers.deepxde_training import train

    problem = pdedsl.load(SPECS / f"{key.spec}.pde")
    known = known_values(problem, dense=True)

    def measure(values: Sequence[Mapping[str, np.ndarray]]) -> dict[str, float | None]:
        return relative_errors(field_errors(problem, known, values), known)

    points = [entry.points for entry in known]
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet):
        run = train(key.spec, points, measure, key.budget, key.seed)
    return Cell(
        key, run.status, run.reason, run.why, run.errors, {}, {"total": run.seconds},
        _finite(run.curve), machine(),
    )  # fmt: skip


def relative_errors(
    errors: Mapping[str, Mapping[str, float]], known: Sequence[Known]
) -> dict[str, float | None]:
    """``rel_l2`` by field and component, without components that are known to be zero.

    Args:
        errors: as `pdedsl.solution.errors.field_errors` gives them.
        known: the values that they are taken against.

    Returns:
        None for an error that is not a finite number.
    """
    zero = {
        name
        for entry in known
        for name, values in entry.values.items()
        if not np.any(values[np.isfinite(values)])
    }
    return {name: _number(e["rel_l2"]) for name, e in errors.items() if name not in zero}


def machine() -> dict[str, Any]:
    """What the seconds depend on."""
    import torch

    from tests.benchmarks.peers.table import machine as described

    found = described(torch.get_num_threads())
    return {
        "processor": found["processor"],
        "cores": os.cpu_count() or 1,
        "threads": found["threads"],
        "date": datetime.date.today().isoformat(),
        "torch": torch.__version__,
        "deepxde": found["versions"]["deepxde"],
    }


def installed(package: str) -> bool:
    """Whether a package can be imported."""
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _finite(pairs: Any) -> list[tuple[float, float]]:
    return [(float(s), float(e)) for s, e in pairs if e is not None and math.isfinite(e)]


if __name__ == "__main__":
    cell = solve_cell(Key(**json.loads(sys.argv[1])))
    Path(sys.argv[2]).write_text(json.dumps(asdict(cell), allow_nan=False), "utf-8")
