"""Writing solutions to run folders: the checkpoint, the record, and what lies beside them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdedsl.ir import Problem
from pdedsl.runs import Recorder, RunFolder, dumps, first_files, tensors, write_text
from pdedsl.runs.versions import versions

from .corrections.kept import Kept
from .saved.request import Request
from .solution import Provenance, Solution
from .summary import data_files, origin, spec_sha256, summary

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress

FORMAT = "pdedsl checkpoint 1"
TRAINING_FORMAT = "pdedsl training 1"


def checkpoint(problem: Problem, how: Provenance, state: Any) -> bytes:
    """Bytes of a checkpoint: θ in float64 and what is needed to rebuild its system.

    Args:
        problem: what is solved.
        how: by which method.
        state: θ, or all that is `Kept` of a solution.
    """
    kept = state if isinstance(state, Kept) else Kept(state)
    return tensors.encode(kept.arrays(), _facts(FORMAT, problem, how) | kept.facts())


def training_state(
    problem: Problem, how: Provenance, state: Mapping[str, Any], more: Mapping[str, Any]
) -> bytes:
    """Bytes of the state of a training, with all that is needed to go on from it.

    Args:
        problem: what is solved.
        how: by which method.
        state: of the training.
        more: plain data beside it, such as the number of iterations.
    """
    from pdedsl.runs.packing import pack

    tree, arrays = pack(state)
    texts = {"state": json.dumps(tree), "more": dumps(more, None)}
    return tensors.encode(arrays, _facts(TRAINING_FORMAT, problem, how) | texts)


def _facts(form: str, problem: Problem, how: Provenance) -> dict[str, str]:
    """What a file of a run has in its header."""
    return {
        "format": form,
        "spec": problem.source.text,
        "name": problem.source.name,
        "spec_sha256": spec_sha256(problem.source.text),
        "whole_sha256": spec_sha256(problem.source.whole),
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


def announce(problem: Problem, request: Request, folder: RunFolder) -> None:
    """Write down what is solved before its method is chosen, so that it can be solved again.

    Raises:
        UnwritableError: the folder cannot be written to.
    """
    record = {
        "problem": problem.title,
        "file": problem.source.name,
        "overrides": dict(problem.overrides),
        "method": request.method,
        "request": request.as_data(),
        **_at_work("choosing", folder),
        "spec": problem.source.text,
    }
    with first_files(folder):
        write_text(folder.record, dumps(record) + "\n")


def recorder(
    problem: Problem,
    how: Provenance,
    folder: RunFolder,
    request: Request | None = None,
    *,
    choose: float = 0.0,
    spent: float = 0.0,
    tell: Callable[[str], None] | None = None,
) -> Recorder:
    """The writer of a run folder; `begin` or `go_on` writes what is known before the training.

    Args:
        problem: what is solved.
        how: by which method.
        folder: where to write.
        request: what was asked for.
        choose: seconds that the choice of the method took.
        spent: seconds of all, before this process went on with it or now.
        tell: called with a sentence when a file cannot be written.
    """
    began = time.monotonic() - spent

    def training(state: Mapping[str, Any], iterations: int) -> bytes:
        more = {"iterations": iterations, "choose": choose, "spent": time.monotonic() - began}
        agreement = origin(problem, how)["agreement"]
        asked = None if request is None else request.as_data()
        return training_state(
            problem, how, state, {**more, "agreement": agreement, "request": asked}
        )

    every = None if request is None else request.every
    return Recorder(folder, lambda theta: checkpoint(problem, how, theta), training, tell, every)


def begin(writer: Recorder, problem: Problem, how: Provenance, request: Request | None) -> None:
    """Write what is known before the training.

    Raises:
        OSError: the folder cannot be written to.
    """
    tables = (*problem.tables, *(r.table for r in problem.references))
    meshes = (body.path for body in problem.meshes)
    base = Path(problem.source.name).parent
    texts = (Path(os.path.relpath(s.name, base)).as_posix() for s in problem.source.included)
    data = data_files(problem.source.name, (*(t.path for t in tables), *meshes, *texts))
    first = _first(writer, problem, how, request)
    writer.begin(problem.source.text, data, how.settings, first)


def go_on(
    writer: Recorder,
    problem: Problem,
    how: Provenance,
    request: Request | None,
    events: Sequence[Progress],
) -> None:
    """Write that a run goes on, from its history so far.

    Raises:
        OSError: the folder cannot be written to.
    """
    writer.go_on(how.settings, _first(writer, problem, how, request), events)


def _first(
    writer: Recorder, problem: Problem, how: Provenance, request: Request | None
) -> dict[str, Any]:
    """The record of a run that is at work."""
    asked = None if request is None else request.as_data()
    state = {"versions": versions(), **_at_work("running", writer.folder), "request": asked}
    return origin(problem, how) | state


def _at_work(status: str, folder: RunFolder) -> dict[str, Any]:
    return {"status": status, "process": os.getpid(), "run": str(folder.path)}


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
    begin(writer, solution.problem, solution.provenance, None)
    for moment in solution.moments:
        writer.moment(moment.line())
    writer.finish(
        record(solution) | {"run": str(path)}, Kept.of(solution), solution.outcome.history
    )
    if writer.failures:
        raise OSError("; ".join(writer.failures.values()))
    return path
