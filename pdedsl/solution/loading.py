"""Reading solutions back from run folders, for the same problem only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pdedsl.diagnostics import Diagnostic, Source, UserError, nearest
from pdedsl.estimates.bounds.bound import bound_of_data
from pdedsl.ir import Problem
from pdedsl.runs import RunFolder, history, tensors
from pdedsl.sema import problem_of

from .checks.acceptance import ACCEPT
from .corrections.kept import restored
from .corrections.polish import with_correction
from .estimating import of_data
from .solution import Provenance, Solution
from .storage import FORMAT
from .summary import spec_sha256

if TYPE_CHECKING:
    from pdedsl.training.outcome import Outcome

    from .watching import Moment


def load(path: Path, problem: Problem | None, device: str) -> Solution:
    """Read a solution; see `pdedsl.results.Solution.load`."""
    folder = RunFolder(path)
    arrays, facts = _read(folder)
    _check_spec(folder, facts)
    overrides = json.loads(facts["overrides"])
    if problem is None:
        problem = problem_in(folder, facts)
    elif (
        spec_sha256(problem.source.whole) != facts.get("whole_sha256", facts["spec_sha256"])
        or dict(problem.overrides) != overrides
    ):
        message = "the run is of another problem, or of other parameter values"
        _refuse(path, message, "load it without a problem, or solve anew")
    return _restore(folder, problem, facts, device, arrays)


def _read(folder: RunFolder) -> tuple[dict[str, Any], dict[str, str]]:
    path = folder.path
    if not path.is_dir():
        siblings = [p.name for p in path.parent.glob("*/")] if path.parent.is_dir() else []
        other = nearest(path.name, siblings)
        mend = f"did you mean {path.with_name(other)}?" if other else "name a run folder"
        _refuse(path, "there is no such run folder", mend)
    try:
        arrays, facts = tensors.read(folder.checkpoint)
    except FileNotFoundError:
        _refuse(path, "this folder holds no checkpoint.safetensors, so there is no solution in it")
    except (OSError, ValueError) as error:
        _refuse(path, f"its checkpoint.safetensors cannot be read: {error}")
    if facts.get("format") != FORMAT or "theta" not in arrays:
        _refuse(path, "its checkpoint.safetensors was not written by this program")
    return arrays, facts


def _check_spec(folder: RunFolder, facts: Mapping[str, str]) -> None:
    """Refuse a folder whose spec was changed after the solution was found."""
    try:
        text = folder.spec.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return  # the checkpoint holds the text as well
    if spec_sha256(text) != facts["spec_sha256"]:
        message = "its spec.pde is not the one that was solved (the hash differs)"
        _refuse(folder.path, message, "solve it anew")


def problem_in(folder: RunFolder, facts: Mapping[str, str]) -> Problem:
    """The problem from the text in a checkpoint, tables from the folder or their old place.

    Raises:
        UserError: the tables are in neither.
    """
    source, overrides = Source(facts["name"], facts["spec"]), json.loads(facts["overrides"])
    last: UserError | None = None
    for base in (folder.path, Path(facts["name"]).parent):
        try:
            problem = problem_of(source, base, overrides)
        except UserError as error:
            last = last or error
            continue
        if spec_sha256(problem.source.whole) == facts.get("whole_sha256", facts["spec_sha256"]):
            return problem
        last = last or _changed(folder)
    assert last is not None
    raise last


def _changed(folder: RunFolder) -> UserError:
    """E804 for a run whose spec includes a file that has been changed since."""
    message = "a file that its spec includes is not the one that was solved (the hash differs)"
    return UserError(
        [Diagnostic("E804", message, None, "solve it anew")], Source(str(folder.path), "")
    )


def _restore(
    folder: RunFolder,
    problem: Problem,
    facts: Mapping[str, str],
    device: str,
    arrays: Mapping[str, Any],
) -> Solution:
    import torch

    from pdedsl.choice.march.agreement import Agreement
    from pdedsl.estimates.correction import State
    from pdedsl.settings.method import Method

    from .building import build_system

    settings, seed = json.loads(facts["settings"]), int(facts["seed"])
    method = Method.model_validate(settings)
    there = method.precision.model_copy(update={"device": device})
    system = build_system(problem, method.model_copy(update={"precision": there}), seed)
    like, theta = system.theta0, arrays["theta"]
    if like.shape != theta.shape:
        _refuse(folder.path, f"it holds {len(theta)} parameters, its model has {len(like)}")
    state = torch.as_tensor(theta, dtype=like.dtype, device=like.device)
    outcome, data = _outcome(folder, state)
    found = data.get("agreement")
    how = Provenance(
        facts["method"], settings, facts["why"], seed, facts["dtype"], device,
        int(facts["threads"]), data.get("seconds", {}), Agreement(**found) if found else None,
    )  # fmt: skip
    solution = Solution(problem, system, outcome, how, folder.path)
    correction, polished = restored(State(system, state), arrays, facts)
    if correction is not None and polished:
        solution = with_correction(solution, correction)
    else:
        solution.correction = correction
    solution.moments, solution.accept = moments_of(folder), data.get("accept", ACCEPT)
    solution.estimate = of_data(data.get("estimate"))
    solution.bound = bound_of_data(data.get("bound"))
    own = (data.get("outputs") or {}).items()
    solution.output_estimates = {n: o["estimate"] for n, o in own if o.get("estimate") is not None}
    return solution


def moments_of(folder: RunFolder) -> tuple[Moment, ...]:
    """What was measured along the training, up to a line that was cut off."""
    from .watching import Moment

    try:
        lines = folder.watch.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    found = []
    for line in lines:
        try:
            found.append(Moment.of_line(line))
        except ValueError:
            break
    return tuple(found)


def _outcome(folder: RunFolder, theta: Any) -> tuple[Outcome, dict[str, Any]]:
    from pdedsl.training.outcome import Outcome, Progress

    try:
        data = json.loads(folder.record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        data = {}
    try:
        events = [Progress(**row) for row in history.rows(folder.history)]
    except OSError:
        events = []
    last = events[-1] if events else None
    ended = "ended" in data
    loss = data.get("loss")
    outcome = Outcome(
        theta=theta,
        loss=loss if loss is not None else (last.loss if last else float("nan")),
        laws=data.get("laws") or (dict(last.laws) if last else {}),
        iterations=data.get("iterations", last.iteration if last else 0),
        seconds=data.get("seconds", {}).get("train", last.seconds if last else 0.0),
        status=data["ended"] if ended else "interrupted",
        reason=data.get("reason", "") if ended else "the run did not come to its end",
        history=events,
        fresh_loss=data.get("fresh_loss"),
    )
    return outcome, data


def _refuse(path: Path, message: str, mend: str | None = None) -> NoReturn:
    raise UserError([Diagnostic("E804", message, None, mend)], Source(str(path), ""))
