"""Writing solutions to run folders: the checkpoint, the record, and what lies beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pdedsl.ir import Problem
from pdedsl.runs import Recorder, RunFolder, dumps, tensors
from pdedsl.runs.versions import versions

from .corrections.kept import Kept
from .solution import Provenance, Solution
from .summary import data_files, origin, spec_sha256, summary

FORMAT = "pdedsl checkpoint 1"


def checkpoint(problem: Problem, how: Provenance, state: Any) -> bytes:
    """Bytes of a checkpoint: θ in float64 and what is needed to rebuild its system.

    Args:
        problem: what is solved.
        how: by which method.
        state: θ, or all that is `Kept` of a solution.
    """
    kept = state if isinstance(state, Kept) else Kept(state)
    metadata = {
        "format": FORMAT,
        "spec": problem.source.text,
        "name": problem.source.name,
        "spec_sha256": spec_sha256(problem.source.text),
        "overrides": dumps(dict(problem.overrides), None),
        "method": how.method,
        "settings": dumps(how.settings, None),
        "why": how.why,
        "seed": str(how.seed),
        "dtype": how.dtype,
        "device": how.device,
        "threads": str(how.threads),
        "versions": dumps(versions(), None),
    }
    return tensors.encode(kept.arrays(), metadata | kept.facts())


def recorder(problem: Problem, how: Provenance, folder: RunFolder) -> Recorder:
    """The writer of a run folder, with all that is known before the training written.

    Raises:
        OSError: the folder cannot be written to.
    """
    writer = Recorder(folder, lambda theta: checkpoint(problem, how, theta))
    tables = (*problem.tables, *(r.table for r in problem.references))
    data = data_files(problem.source.name, (t.path for t in tables))
    state = {"versions": versions(), "status": "running", "run": str(folder.path)}
    writer.begin(problem.source.text, data, how.settings, origin(problem, how) | state)
    return writer


def record(solution: Solution) -> dict[str, Any]:
    """The record of a run that has ended; the history has its own file."""
    data = summary(solution) | {"versions": versions()}
    del data["history"]
    return data


def save(solution: Solution, path: Path) -> Path:
    """Write a solution to a new folder.

    Raises:
        OSError: the folder is not empty, or cannot be written to.
    """
    folder = RunFolder.exactly(path)
    writer = recorder(solution.problem, solution.provenance, folder)
    for moment in solution.moments:
        writer.moment(moment.line())
    writer.finish(
        record(solution) | {"run": str(path)}, Kept.of(solution), solution.outcome.history
    )
    if writer.failures:
        raise OSError("; ".join(writer.failures.values()))
    return path
