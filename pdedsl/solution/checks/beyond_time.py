"""What no budget mends: solutions that blow up, chaos, and solutions that are not smooth."""

from __future__ import annotations

import math
from functools import lru_cache

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.estimates.singular_times import (
    GROWS,
    HURRIES,
    JUMPS,
    SMOOTH,
    STEEPENS,
    SingularTime,
    singular_time,
)
from pdedsl.estimates.trajectories import trajectory
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem

_HOPELESS = 1e8
"""Growth of errors beyond which residuals of 1e-9, rarely met, are an error of 0.1."""
_BEFORE = 0.8  # of the time to where a solution ends, which is advised: a choice
_FEASIBLE = 1e4  # growth up to the time that is advised


@lru_cache(maxsize=4)
def beyond_time(problem: Problem) -> str:
    """Why more time does not help, and what does; empty where nothing of the kind is known."""
    if _looks_elsewhere(problem):
        return ""  # the marches below know a state at one time alone
    found = singular_time(problem)
    if found is SMOOTH:
        return ""
    if found is not None:
        return _singular(problem, found)
    return _trajectory(problem) or _not_smooth(problem)


def _looks_elsewhere(problem: Problem) -> bool:
    """Whether an equation has a field at another point, such as a delay."""
    own = set(problem.components)
    names = {component.func for component in own}
    return any(
        node.func in names and node not in own
        for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)
        for residual in law.residuals for node in residual.atoms(AppliedUndef)
    )  # fmt: skip


def _singular(problem: Problem, found: SingularTime) -> str:
    """What happens where and when, and how to end before it, or to go on behind it."""
    assert problem.time is not None
    t, start = problem.time.symbol, problem.number(problem.time.lower)
    own = ", ".join(f"{name} = {_rounded(problem, name, x):g}" for name, x in found.place.items())
    place = f" near {own}" if own else ""
    if found.kind == JUMPS:
        return (
            f"no classical solution exists: {found.component} jumps{place} at the start, and "
            f"the equations have no diffusion: {_with_diffusion(problem)}"
        )
    until = start + _BEFORE * (found.time - start)
    text = (
        f"no classical solution exists after {t} = {found.time:.3g}: {found.component} "
        f"{found.kind}{place}: write time {t} in [{start:g}, {until:.2g}]"
    )
    return f"{text}, or {_with_diffusion(problem)}" if found.kind == STEEPENS else text


def _rounded(problem: Problem, name: str, x: float) -> float:
    """A coordinate to a hundredth of its interval."""
    low, high = next(b for s, b in hull_bounds(problem).items() if s.name == name)
    return round(x, max(0, 2 - math.floor(math.log10(high - low)))) + 0.0  # no -0


def _with_diffusion(problem: Problem) -> str:
    """What makes solutions smooth that are not."""
    (x, *_) = problem.domains[0].coordinates
    terms = [f"0.01*{c.func}_{x}{x}" for c in problem.components]
    if len(terms) == 1:
        return f"add {terms[0]} to the right-hand side"
    return f"add {', '.join(terms)} to the right-hand sides"


def _trajectory(problem: Problem) -> str:
    found, time = trajectory(problem), problem.time
    if found is None or time is None:
        return ""
    t, start, end = time.symbol, problem.number(time.lower), problem.number(time.upper)
    if found.blow_up is not None:
        until = start + _BEFORE * (found.blow_up - start)
        kind = GROWS if found.grows else HURRIES
        return (
            f"no classical solution exists after {t} = {found.blow_up:.3g}: it {kind}: "
            f"write time {t} in [{start:g}, {until:.2g}]"
        )
    rate = found.rate or 0.0
    growth = rate * (end - start) / math.log(10)
    if growth <= math.log10(_HOPELESS):
        return ""
    until = start + math.log(_FEASIBLE) / rate
    return (
        f"the solution is chaotic: errors grow like e^({rate:.2g}*{t}), by 10^{growth:.0f} up to "
        f"{t} = {end:g}, which no budget makes up for: write time {t} in [{start:g}, {until:.2g}]"
    )


def _not_smooth(problem: Problem) -> str:
    """An equation of first order whose speed depends on its unknown, without a known solution."""
    if problem.time is None or problem.exact or len(problem.components) != 1:
        return ""
    (component,) = problem.components
    residuals = [r for w in problem.laws if isinstance(w.place, Interior) for r in w.residuals]
    if len(residuals) != 1 or len(component.args) < 2:
        return ""
    residual = problem.substitute(residuals[0]).doit()
    nodes = [n for n in residual.atoms(sp.Derivative) if n.expr == component]
    if any(n.derivative_count > 1 for n in nodes):
        return ""
    spatial = [n for n in nodes if problem.time.symbol not in n.variables]
    if not any(sp.diff(residual, n).has(component) for n in spatial):
        return ""
    name, letters = component.func, [str(n.variables[0]) for n in spatial]
    viscous = " + ".join(f"0.01*{name}_{x}{x}" for x in letters)
    return (
        "the equation has no diffusion, and its speed depends on its solution, which is not smooth "
        f"where characteristics meet or part, and no functions here follow jumps: add {viscous} to "
        "its right-hand side, or end before that"
    )
