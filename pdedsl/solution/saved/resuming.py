"""Going on with a run that was broken off, or that ended by its budget or its iterations."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pdedsl.diagnostics import Diagnostic, Source, UserError
from pdedsl.runs import RunFolder, history, tensors
from pdedsl.sema import problem_of
from pdedsl.solution.loading import moments_of, problem_in
from pdedsl.solution.planning import LEAST_TRAINING, Plan, as_settings, with_iterations
from pdedsl.solution.solution import Provenance
from pdedsl.solution.storage import TRAINING_FORMAT

from .request import Request

if TYPE_CHECKING:
    from pdedsl.choice.allowance import Allowance
    from pdedsl.ir import Problem
    from pdedsl.solution.watching import Moment
    from pdedsl.training.outcome import Progress

_ENDED = ("converged", "stagnated", "diverged")


@dataclass(frozen=True)
class Resumed:
    """Where a run goes on.

    Args:
        state: of its training.
        iterations: made so far.
        spent: seconds so far.
        trained: seconds of them that it has trained.
        events: its history so far.
        moments: what was measured along it.
    """

    state: Mapping[str, Any]
    iterations: int
    spent: float
    trained: float
    events: Sequence[Progress] = ()
    moments: Sequence[Moment] = ()


@dataclass(frozen=True)
class Going:
    """What is left to do of a run.

    Args:
        problem: what is solved.
        request: what was asked for.
        plan: the method; None where it is still to be chosen.
        resumed: the state; None likewise.
    """

    problem: Problem
    request: Request
    plan: Plan | None = None
    resumed: Resumed | None = None


def record_of(folder: RunFolder) -> dict[str, Any]:
    """The record of a run; empty where it cannot be read."""
    try:
        data = json.loads(folder.record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def has_ended(folder: RunFolder) -> bool:
    """Whether a run came to an end after which there is nothing to go on with."""
    return record_of(folder).get("ended") in _ENDED and not folder.training.is_file()


def going_on(
    folder: RunFolder, budget: float | None, iterations: int | None, allowance: Allowance
) -> Going:
    """What is left to do.

    Args:
        folder: of the run.
        budget: seconds from now on; None for what is left of that of the run.
        iterations: that may be made from now on; None for what is left of those of its method.
        allowance: becomes one of so many seconds.

    Raises:
        UserError: E804, there is nothing to go on with.
    """
    if not folder.path.is_dir():
        _refuse(folder, "there is no such run folder", "see pdedsl runs")
    if not folder.training.is_file():
        return _from_the_start(folder, budget, allowance)
    try:
        arrays, facts = tensors.read(folder.training)
    except (OSError, ValueError) as error:
        _refuse(folder, f"its {folder.training.name} cannot be read: {error}")
    if facts.get("format") != TRAINING_FORMAT:
        _refuse(folder, f"its {folder.training.name} was not written by this version")
    problem = problem_in(folder, facts)
    more = json.loads(facts["more"])
    request = Request.of_data(more["request"] or {})
    resumed = _resumed(folder, facts, arrays, more)
    _check_that_more_is_given(folder, resumed, budget, iterations)
    allowance.seconds = _seconds(request, budget, resumed.spent)
    chosen = _plan(problem, facts, more, resumed, allowance)
    if iterations is not None:
        chosen = _with_more(folder, chosen, resumed, iterations)
    return Going(problem, request, chosen, resumed)


def _check_that_more_is_given(
    folder: RunFolder, resumed: Resumed, budget: float | None, iterations: int | None
) -> None:
    stop = (resumed.state["training"] or {}).get("stop")
    # A run that was killed after its training, while its errors were estimated, has not ended yet.
    ended, name = record_of(folder).get("ended"), folder.path
    if ended == "budget" and budget is None:
        _refuse(folder, "its budget is spent", f"pdedsl resume {name} --budget 60")
    if ended == getattr(stop, "status", None) == "iterations" and iterations is None:
        message = f"all iterations of its method are made, {resumed.iterations} in all"
        _refuse(folder, message, f"pdedsl resume {name} --iterations 1000")


def _seconds(request: Request, budget: float | None, spent: float) -> float:
    """Seconds from now on."""
    from pdedsl.choice.tuning import BUDGET

    if budget is not None:
        return budget
    whole = request.budget
    if whole is None and request.method == "auto" and request.iterations is None:
        whole = BUDGET.default
    return math.inf if whole is None else max(whole - spent, LEAST_TRAINING * whole)


def _with_more(folder: RunFolder, chosen: Plan, resumed: Resumed, iterations: int) -> Plan:
    """The plan with so many iterations after those that are made."""
    training = resumed.state["training"] or {}
    if "descent" not in training:
        message = "iterations can be given to a training of the whole that has begun, but this "
        what = "is one of windows" if "ends" in training else "has not begun"
        _refuse(folder, message + what, f"pdedsl resume {folder.path} --budget 60")
    before = chosen.method.stages[: training["stage"][0]]
    made = sum(stage.iterations for stage in before) + training["descent"]["iterations"]
    method = with_iterations(chosen.method, made + iterations)
    how = replace(chosen.provenance, settings=as_settings(method))
    return replace(chosen, method=method, provenance=how)


def _from_the_start(folder: RunFolder, budget: float | None, allowance: Allowance) -> Going:
    """A run that was broken off before its training began."""
    data = record_of(folder)
    if "ended" in data:
        told = f"it has ended ({data['ended']}: {data.get('reason', '')})"
        _refuse(folder, f"{told}, and holds no state of its training", "solve anew")
    if "request" not in data or data["request"].get("method") is None:
        _refuse(folder, "there is nothing in it to go on with", "solve anew")
    request = Request.of_data(data["request"])
    allowance.seconds = _seconds(request, budget, 0.0)
    source = Source(data["file"], data["spec"] if "spec" in data else _text(folder))
    base = folder.path if folder.spec.is_file() else Path(data["file"]).parent
    return Going(problem_of(source, base, data.get("overrides", {})), request)


def _text(folder: RunFolder) -> str:
    try:
        return folder.spec.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _refuse(folder, f"its spec.pde cannot be read: {error}")


def _resumed(
    folder: RunFolder, facts: Mapping[str, str], arrays: Mapping[str, Any], more: Mapping[str, Any]
) -> Resumed:
    import pdedsl.training.train  # noqa: F401  # registers what states are made of
    from pdedsl.runs.packing import PackingError, unpack
    from pdedsl.training.outcome import Progress

    try:
        state = unpack(json.loads(facts["state"]), arrays, facts["device"])
    except PackingError as error:
        _refuse(
            folder, f"its {folder.training.name} is of another version of pdedsl: {error}",
            "solve anew",
        )  # fmt: skip
    try:
        events = [Progress(**row) for row in history.rows(folder.history)]
    except OSError:
        events = []
    made = int(more["iterations"])
    before = [event for event in events if event.iteration <= made]
    moments = [moment for moment in moments_of(folder) if moment.iteration <= made]
    trained = max(more["spent"] - more["choose"], 0.0)
    return Resumed(state, made, more["spent"], trained, before, moments)


def _plan(
    problem: Problem,
    facts: Mapping[str, str],
    more: Mapping[str, Any],
    resumed: Resumed,
    allowance: Allowance,
) -> Plan:
    import torch

    from pdedsl.choice.march.agreement import Agreement
    from pdedsl.compiler.lowering.lower import lower
    from pdedsl.settings.method import Method
    from pdedsl.solution.building import check_device

    settings, threads = json.loads(facts["settings"]), int(facts["threads"])
    method = Method.model_validate(settings)
    check_device(facts["device"])
    torch.set_num_threads(threads)
    found = more["agreement"]
    how = Provenance(
        facts["method"], settings, facts["why"], int(facts["seed"]), facts["dtype"],
        facts["device"], threads, agreement=Agreement(**found) if found else None,
    )  # fmt: skip
    budget = None if math.isinf(allowance.seconds) else allowance.seconds
    return Plan(
        lower(problem), method, budget, how, more["choose"], resumed.state["start"], allowance
    )


def _refuse(folder: RunFolder, message: str, mend: str | None = None) -> NoReturn:
    raise UserError([Diagnostic("E804", message, None, mend)], Source(str(folder.path), ""))
