"""Which method solves a problem, with which changes, and why."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdedsl.diagnostics import Source
from pdedsl.ir import Problem

from .building import check_device, check_dtype
from .continuation import with_values
from .options.foreseen import check_options
from .parts.division import divided
from .parts.jump_split import jump_split
from .solution import Provenance

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.choice.allowance import Allowance
    from pdedsl.choice.choice import Choice
    from pdedsl.compiler.lowering.lower import LoweredProblem
    from pdedsl.settings.domain import Division
    from pdedsl.settings.method import Method

_LEAST_WORK = 0.4  # of the budget, for choice and training, whatever it took to load them †
LEAST_TRAINING = 0.1  # of it, for the training, whatever the choice of the method took †

Settings = Mapping[str, Any] | Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class Plan:
    """A validated method and how it is recorded.

    Args:
        lowered: the problem.
        method: the method.
        budget: seconds it may train; None for no limit.
        provenance: the record.
        seconds: what it took to choose the method.
        start: first parameters, where the choice has found good ones.
        allowance: what is left of the budget by the clock; None where the training alone counts.
        iterations: made already, at easier values of a parameter.
    """

    lowered: LoweredProblem
    method: Method
    budget: float | None
    provenance: Provenance
    seconds: float = 0.0
    start: Tensor | None = None
    allowance: Allowance | None = None
    iterations: int = 0


def plan(
    problem: Problem,
    method: str | Path | Method = "auto",
    *,
    budget: float | None = None,
    settings: Settings = (),
    iterations: int | None = None,
    seed: int = 0,
    dtype: str | None = None,
    device: str | None = None,
    threads: int | None = None,
    notify: Callable[[str], None] | None = None,
    allowance: Allowance | None = None,
) -> Plan:
    """Choose or read the method, put the changes in, and check all options.

    Args: those of `pdedsl.api.solve`, and
        budget: seconds; where neither they nor the iterations are given, ``auto`` has
            `pdedsl.choice.tuning.Budget.default`.
        iterations: the most iterations of all stages together.
        notify: called with a text about every method that is tried while one is chosen.
        allowance: of those seconds what is left, where they began before; None for now. It says
            too whether to end the choice with what it has found.

    Raises:
        UserError: the problem cannot be solved yet (E901), or the method (E801, E802) or an
            option (E803) is at fault.
    """
    from pdedsl.choice.analysed_basis import complete
    from pdedsl.choice.best_kappa import with_best_weights
    from pdedsl.compiler.lowering.lower import lower
    from pdedsl.settings.labels import check_labels

    changes = dict(settings)
    lowered = lower(problem)
    if budget is None and iterations is None and method == "auto":
        from pdedsl.choice.tuning import BUDGET

        budget = BUDGET.default
    check_options(lowered, method, changes, dtype, device)
    allowance = _ready(allowance, budget)
    began = time.monotonic()
    choice, name, source = _choose(lowered, method, budget, changes, notify, allowance)
    chosen, reasons = complete(lowered, choice.method, budget, allowance)
    why = f"{choice.why}; from the analysis {reasons}" if reasons else choice.why
    chosen, reasons = with_best_weights(lowered, chosen)
    why = f"{why}; {reasons}" if reasons else why
    chosen, reasons = with_values(problem, chosen)
    why = f"{why}; {reasons}" if reasons else why
    seconds = time.monotonic() - began
    if iterations is not None:
        chosen = with_iterations(chosen, iterations)
    check_labels(chosen, problem, source)
    chosen = _with_precision(chosen, dtype, device)
    dtype, device = chosen.precision.dtype, chosen.precision.device
    how = Provenance(name, as_settings(chosen), why, seed, dtype, device, _threads(threads),
                     agreement=choice.agreement)  # fmt: skip
    if budget is not None and name == "auto":
        budget = max(budget - seconds, LEAST_TRAINING * budget)
    return Plan(lowered, chosen, budget, how, seconds, choice.start, allowance)


def _ready(allowance: Allowance | None, budget: float | None) -> Allowance:
    """The allowance once all is loaded, which may have taken most of a short budget."""
    from pdedsl.choice.allowance import Allowance

    allowance = allowance or Allowance(budget)
    if budget is not None:
        allowance.seconds = budget
        allowance.reserve(_LEAST_WORK * budget)
    return allowance


def _with_precision(method: Method, dtype: str | None, device: str | None) -> Method:
    """The method with another precision or device, where they are given and can be had."""
    wanted = {"dtype": dtype or method.precision.dtype, "device": device or method.precision.device}
    check_dtype(wanted["dtype"])
    check_device(wanted["device"])
    return method.model_copy(update={"precision": method.precision.model_copy(update=wanted)})


def as_settings(method: Method) -> dict[str, Any]:
    """The method as nested plain data, from which the same method is read again."""
    data: dict[str, Any] = method.model_dump(mode="json", exclude_none=True)
    if data["model"].get("analysed"):  # what is not given is not to look as if it were
        data["model"] = method.model.model_dump(mode="json", exclude_unset=True)
        data["model"]["kind"] = method.model.kind
    if data["schedule"].get("stages"):
        del data["optimizer"]
    return data


def _choose(
    lowered: LoweredProblem,
    method: str | Path | Method,
    budget: float | None,
    sets: dict[str, Any],
    notify: Callable[[str], None] | None,
    allowance: Allowance,
) -> tuple[Choice, str, Source | None]:
    """The method with the reason for it, its name, and its text."""
    from pdedsl.choice.auto import choose, means_network, means_weak_form, without_windows
    from pdedsl.choice.choice import Choice
    from pdedsl.choice.eigen.number_choice import refuse_modes
    from pdedsl.settings.load import load_method
    from pdedsl.settings.method import Method

    if str(method) != "auto":
        refuse_modes(lowered.problem, "modes are for --method auto; ask for one")
    if not isinstance(method, (str, Path)):
        return Choice(_override(method, sets), "as given"), "given", None
    name = str(method)
    if name != "auto":
        found, source = load_method(name, sets)
        changes = ", ".join(f"{key} = {value}" for key, value in sets.items())
        why = "as asked for" + (f", with {changes}" if sets else "")
        return Choice(found, why), name, None if sets else source
    split = jump_split(lowered.problem, sets)
    parts = lowered
    joints: dict[str, float] = {}
    if split is not None:
        parts, joined = divided(lowered, Method(domain=split))
        joints = dict(joined.weights)
    choice = choose(
        parts, budget, network=means_network(sets),
        basis=split is not None or sets.get("model.kind") == "basis",
        notify=notify, allowance=allowance, windows=not means_weak_form(sets),
        weights=joints,
    )  # fmt: skip
    if split is not None:
        choice = _in_parts(choice, split)
    choice, sets = without_windows(choice, sets)
    chosen = _override(choice.method, sets)
    if chosen.model != choice.method.model:
        choice = replace(choice, start=None, agreement=None)
    return replace(choice, method=chosen), name, None


def _in_parts(choice: Choice, split: Division) -> Choice:
    """A choice for the parts of a problem as one for the whole."""
    from pdedsl.settings.labels import KINDS

    method = choice.method
    weights = {name: value for name, value in method.weights.items() if name in KINDS}
    assert isinstance(split.split, dict)
    cuts = ", ".join(f"{axis} = {at:.4g}" for axis, own in split.split.items() for at in own)
    return replace(
        choice,
        method=method.model_copy(update={"weights": weights, "domain": split}),
        why=f"{choice.why}; on parts that meet at {cuts}, where what is given jumps or has a kink",
    )


def _override(method: Method, sets: dict[str, Any]) -> Method:
    if not sets:
        return method
    from pdedsl.settings.load import override

    return override(as_settings(method), sets)


def with_iterations(method: Method, iterations: int) -> Method:
    """At most so many iterations, spent on the stages in order; the last gets the rest."""
    *earlier, last = method.stages
    kept, left = [], iterations
    for stage in earlier:
        own = min(left, stage.iterations)
        kept.append(stage.model_copy(update={"iterations": own}))
        left -= own
    kept.append(last.model_copy(update={"iterations": left}))
    if not method.schedule.stages:
        return method.model_copy(update={"optimizer": kept[0]})
    stages = tuple(stage for stage in kept if stage.iterations)
    schedule = method.schedule.model_copy(update={"stages": stages})
    return method.model_copy(update={"schedule": schedule})


def _threads(threads: int | None) -> int:
    import torch

    # More threads than cores wait for each other at every step.
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    if threads is None and available and torch.get_num_threads() > available:
        threads = available
    if threads is not None:
        torch.set_num_threads(threads)
    return int(torch.get_num_threads())
