"""Continuation: training at easier values of a parameter first (a curriculum).

After Krishnapriyan, Gholami, Zhe, Kirby and Mahoney (NeurIPS 2021, arXiv 2109.01050, section 5):
the network is trained at a value of the parameter that is easy, and each end is the start at the
next value.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pdedsl.ir import Parameter, Problem
from pdedsl.transforms.continuation import easier_problems, steps_between
from pdedsl.transforms.hard_parameters import HardParameter, hard_parameter, hard_parameters

from .building import build_system
from .options.errors import refuse_option

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.optimizers.state import State
    from pdedsl.settings.continuation import Continuation
    from pdedsl.settings.method import Method
    from pdedsl.training.keeping import Keeper
    from pdedsl.training.outcome import Progress
    from pdedsl.training.watch import Listener

    from .planning import Plan


@dataclass(frozen=True)
class Easier:
    """What easier values have come to.

    Args:
        plan: what is left to do.
        state: for whoever goes on from here; None where there is no continuation.
        broken_off: whether not all values are done.
    """

    plan: Plan
    state: State | None = None
    broken_off: bool = False


_STEPS = 5  # where none are given; a choice
_SET = "--with schedule.continuation."


def with_values(problem: Problem, method: Method) -> tuple[Method, str]:
    """The method with all values of its continuation, and how they were found.

    Returns:
        The method, and a sentence where the parameter or its easy end was not given; the method
        itself where it has no continuation.

    Raises:
        UserError: E803, there is no such parameter, or none or several that might be meant, or
            the easy values of it are not known; or a law makes no sense at a value.
    """
    wanted = method.schedule.continuation
    if wanted is None:
        return method, ""
    parameter, found = _parameter(problem, wanted.parameter)
    name, values, why = parameter.symbol.name, wanted.values, ""
    if not values:
        values = _values(parameter, found, wanted)
        # The words are those of the easy end; a start that is given needs none.
        if found is not None and wanted.start is None:
            why = f"continuation in {name} from its {found.easy} values, as {found.why}"
    easier_problems(problem, name, values)
    made = type(wanted)(parameter=name, values=values)
    schedule = method.schedule.model_copy(update={"continuation": made})
    return method.model_copy(update={"schedule": schedule}), why


def _parameter(problem: Problem, name: str) -> tuple[Parameter, HardParameter | None]:
    """The parameter of that name, or the only one that makes the problem hard, and its easy end."""
    named = {parameter.symbol.name: parameter for parameter in problem.parameters}
    if name:
        if name not in named:
            known = f"one of {', '.join(named)}" if named else "leave the continuation out"
            refuse_option(f"the continuation is in {name!r}, which is no parameter", known)
        return named[name], hard_parameter(problem, name)
    found = hard_parameters(problem)
    if len(found) == 1:
        return named[found[0].name], found[0]
    if found:
        listed = "; ".join(f"{each.name}: {each.why}" for each in found)
        refuse_option(
            f"the continuation names no parameter, and several make the problem hard ({listed})",
            f"{_SET}parameter={found[0].name}",
        )
    if not named:
        refuse_option(
            "a continuation goes through values of a parameter, but the problem has none",
            "write the number that makes it hard as a parameter, or take another method",
        )
    first = next(iter(named))
    refuse_option(
        f"the continuation names no parameter, and none of {', '.join(named)} makes the equations "
        "harder at one end of its values",
        f"{_SET}parameter={first} {_SET}start={_example(named[first].value):g}",
    )


def _values(
    parameter: Parameter, found: HardParameter | None, wanted: Continuation
) -> tuple[float, ...]:
    name, end, start = parameter.symbol.name, parameter.value, wanted.start
    steps = wanted.steps or _STEPS
    if start is None:
        if found is None:
            refuse_option(
                f"the easy values of {name} are not known from the equations",
                f"{_SET}start={_example(end):g}",
            )
        factor = steps + 1
        start = end / factor if found.easy == "small" else end * factor
    larger = abs(start) > abs(end)
    geometric = wanted.spacing == "geometric" or (
        wanted.spacing is None and larger and start * end > 0
    )
    if geometric and start * end <= 0:
        refuse_option(
            f"values of {name} from {start:g} to {end:g} have no even ratios",
            f"{_SET}spacing=linear",
        )
    if start == end:
        refuse_option(
            f"the continuation in {name} starts at {end:g}, which is the value of the spec",
            f"{_SET}start={_example(end):g}",
        )
    return steps_between(start, end, steps, geometric)


def _example(value: float) -> float:
    """Some other value of a parameter."""
    return value / 2 if value else 1.0


def train_easier(
    problem: Problem,
    system: ResidualSystem,
    chosen: Plan,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    keeper: Keeper | None = None,
    resumed: State | None = None,
) -> Easier:
    """Train at the values of the continuation, each from the end of the one before.

    All values, and that of the problem itself after them, have even parts of the budget that is
    left. Short starts are made at the first value alone.

    Args:
        problem: with its own value of the parameter.
        system: of the problem, whose first parameters become those at the end of the last value.
        chosen: with all values, see `with_values`.
        on_progress: called with every report.
        should_stop: asked in every iteration.
        keeper: given states from which to go on.
        resumed: such a state.

    Returns:
        The plan that is left, without short starts and with the budget that is left. The plan
        itself where it has no continuation.
    """
    wanted = chosen.method.schedule.continuation
    if wanted is None:
        return Easier(chosen)
    from pdedsl.training.keeping import Within
    from pdedsl.training.train import train

    began, start, method = time.monotonic(), chosen.start, chosen.method
    state: State = resumed or {"number": 0, "theta": None, "iterations": 0, "inner": None}
    if state["number"]:
        method = method.without_starts()
    easier = list(enumerate(easier_problems(problem, wanted.parameter, wanted.values)))
    broken_off = False
    for number, own in easier[state["number"] :]:
        value, theta = wanted.values[number], state["theta"]
        left = None
        if chosen.budget is not None:
            spent = time.monotonic() - began
            left = (chosen.budget - spent) / (len(wanted.values) + 1 - number)
        note = f"continuation: {wanted.parameter} = {value:g}"
        easier_system = build_system(own, method, chosen.provenance.seed)
        if theta is not None:
            # Taken even where a fresh state has less loss, as a trivial one may have.
            easier_system.theta0, start = theta, None
        outcome = train(
            easier_system, method, budget=left, should_stop=should_stop,
            on_progress=_with_note(on_progress, note), seed=chosen.provenance.seed, start=start,
            keeper=keeper and Within(keeper, partial(_around, state), state["iterations"]),
            resumed=state["inner"],
        )  # fmt: skip
        method = method.without_starts()
        iterations = state["iterations"] + outcome.iterations
        state = {"number": number + 1, "theta": outcome.theta, "iterations": iterations}
        state["inner"] = None
        if broken_off := outcome.status == "interrupted":
            break
    system.theta0 = state["theta"]
    budget = chosen.budget and max(chosen.budget - (time.monotonic() - began), 0.0)
    iterations = state["iterations"]
    left_over = replace(chosen, method=method, start=None, budget=budget, iterations=iterations)
    return Easier(left_over, state, broken_off)


def _around(state: State, inner: State | None) -> State:
    return {**state, "inner": inner}


def _with_note(listener: Callable[[Progress], None] | None, note: str) -> Listener | None:
    if listener is None:
        return None

    def listen(progress: Progress) -> None:
        both = f"{note}: {progress.note}" if progress.note else note
        listener(replace(progress, note=both))

    return listen
