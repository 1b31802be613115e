"""Which conditions a model can meet exactly, and the model that does.

An equation of a law is taken over where it fixes values of components on whole sides of the box
(`dirichlet`) or on the whole boundary of a domain of another shape (`outline`), its data are smooth
(`face_data`), and it agrees with all others that are taken over where their places meet. Of
equations that contradict each other, those go first that contradict the most; of equals the one
with fewer sides, then the later one. All others stay laws. A law holds exactly where all of its
equations are taken over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

import sympy as sp

from pdedsl.compiler.lowering.groups import Network
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.geometry import Bounds
from pdedsl.ir import Interior, Law, NotNumericError, Problem, TooLargeError
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.networks.hard import HardConditions

from .dirichlet import Condition, NotHard, conditions_of
from .face_data import disagreement, fault
from .fixed_jets import Derivatives, FixedJets
from .outline import OutlineCondition, on_outline, outline_condition, outline_disagreement
from .transfinite import by_axis, factor, lift

MOST_AXES = 16
"""The mean of the factor B leaves little of the model beyond: it is a product over the axes of 2/3
where both ends are fixed and of 1/2 where one is, and with the slope at the lower end of 9/16 and
1/3."""

LARGEST = 20_000
"""Nodes of all derivatives of G, or of B, that the laws need; beyond that laws stay laws."""


@dataclass(frozen=True)
class ExactConditions:
    """Models that meet conditions, and what is left to the training.

    Args:
        networks: the models.
        exact: labels of the laws that hold whatever the parameters.
        soft: label to the reason, for every other law that does not hold in the interior.
    """

    networks: tuple[Network, ...]
    exact: tuple[str, ...] = ()
    soft: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Equation:
    """An equation of a law, as conditions on components."""

    law: str
    number: int
    conditions: tuple[Condition, ...]


def harden(
    problem: Problem, networks: tuple[Network, ...], plans: Mapping[str, Plan]
) -> ExactConditions:
    """The models with all conditions built in that can be proved to be met."""
    laws = [law for law in problem.laws if not isinstance(law.place, Interior)]
    equations, reasons = _candidates(problem, laws)
    equations = _consistent(problem, equations, reasons)
    needed = _derivatives_of(networks, plans.values())
    equations, built = _interpolations(problem, equations, reasons, needed)
    met = {(e.law, e.number) for e in equations}
    exact = tuple(
        law.label for law in laws if all((law.label, i) in met for i in range(len(law.residuals)))
    )
    if len(exact) == len(problem.laws):
        exact = ()  # an empty residual cannot be trained; rows of zeros can
    soft = {
        law.label: _reason_of(law, reasons) for law in laws
        if any((law.label, i) in reasons for i in range(len(law.residuals)))
    }  # fmt: skip
    return ExactConditions(tuple(_with_conditions(n, built) for n in networks), exact, soft)


Reasons = dict[tuple[str, int], str]


def _candidates(problem: Problem, laws: list[Law]) -> tuple[list[_Equation], Reasons]:
    """The equations that could be met one by one, and why others could not."""
    found: list[_Equation] = []
    reasons: Reasons = {}
    for law in laws:
        for i, residual in enumerate(law.residuals):
            try:
                conditions = _conditions_of(problem, law, residual)
                if len({c.axis for c in conditions}) > MOST_AXES:
                    raise NotHard(f"it fixes values across more than {MOST_AXES} axes")
                for condition in conditions:
                    if reason := fault(problem, condition):
                        raise NotHard(reason)
            except NotHard as reason:
                reasons[law.label, i] = str(reason)
            except NotNumericError as what:
                reasons[law.label, i] = f"its data cannot be evaluated: {what}"
            else:
                found.append(_Equation(law.label, i, conditions))
    return found, reasons


def _conditions_of(problem: Problem, law: Law, residual: sp.Expr) -> tuple[Condition, ...]:
    if on_outline(law):
        return (outline_condition(problem, law, residual),)
    return conditions_of(problem, law, residual)


def _against(problem: Problem, one: Condition, other: Condition) -> str | None:
    """What speaks against both conditions at once, in words; None where nothing does."""
    if isinstance(one, OutlineCondition) or isinstance(other, OutlineCondition):
        return outline_disagreement(problem, one, other)
    return disagreement(problem, one, other)


def _consistent(problem: Problem, equations: list[_Equation], reasons: Reasons) -> list[_Equation]:
    """The equations that can be met all at once; the reasons against others are added."""
    kept = list(equations)
    contradictions: dict[tuple[int, int], str] = {}
    for i, one in enumerate(kept):
        for j, other in enumerate(kept[: i + 1]):
            pairs = product(one.conditions, other.conditions)
            if text := next(filter(None, (_against(problem, *pair) for pair in pairs)), None):
                contradictions[i, j] = contradictions[j, i] = text
    alive = set(range(len(kept)))
    while worst := {i: [j for j in alive if (i, j) in contradictions] for i in alive}:
        i = max(worst, key=lambda i: (len(worst[i]), -len(kept[i].conditions), i))
        if not worst[i]:
            break
        j = worst[i][0]
        against = "itself" if i == j else kept[j].law
        reasons[kept[i].law, kept[i].number] = f"it contradicts {against} {contradictions[i, j]}"
        alive.remove(i)
    return _without_lone_slopes([kept[i] for i in sorted(alive)], reasons)


def _without_lone_slopes(equations: list[_Equation], reasons: Reasons) -> list[_Equation]:
    """Without slopes where the value is not met."""
    own = _by_component(equations)
    out = []
    for equation in equations:
        lacking = [
            c for c in equation.conditions
            if c.order and (c.side, 0) not in by_axis(own[c.component])[c.axis]
        ]  # fmt: skip
        if lacking:
            reason = f"{lacking[0].component} itself cannot be met exactly at {lacking[0].place}"
            reasons[equation.law, equation.number] = reason
        else:
            out.append(equation)
    return out


DerivativesByComponent = Mapping[str, tuple[tuple[sp.Symbol, ...], set[MultiIndex]]]
Interpolations = Mapping[str, tuple[Derivatives, Derivatives]]


def _derivatives_of(networks: tuple[Network, ...], plans: Iterable[Plan]) -> DerivativesByComponent:
    """For each component its inputs and the derivatives that the laws need."""
    indices: defaultdict[int, set[MultiIndex]] = defaultdict(set)
    for site, table in (s for plan in plans for p in (plan, *plan.integrands) for s in p.sites):
        indices[site.group].update(alpha for row in table.taylor_rows() for alpha in row)
    return {
        name: (network.group.arguments, indices[g])
        for g, network in enumerate(networks) for name in network.group.components
    }  # fmt: skip


def _interpolations(
    problem: Problem, equations: list[_Equation], reasons: Reasons, needed: DerivativesByComponent
) -> tuple[list[_Equation], Interpolations]:
    """G and B of every component, and the equations without those for which they are too large."""
    while True:
        built: dict[str, tuple[Derivatives, Derivatives]] = {}
        for component, own in _by_component(equations).items():
            (arguments, indices), bounds = needed[component], own[0].bounds
            what = "the interpolation of all values of {} is"
            try:
                made, vanishing = _functions(own, bounds)
                what = "derivatives of the interpolation of all values of {} are"
                pair = Derivatives(made, arguments), Derivatives(vanishing, arguments)
                for function in pair:
                    function.prepare(indices, LARGEST)
            except TooLargeError:
                break
            built[component] = pair
        else:
            return equations, built
        # Fewer equations for other components may leave slopes without values.
        dropped = [e for e in equations if any(c.component == component for c in e.conditions)]
        for e in dropped:
            reasons[e.law, e.number] = f"{what.format(component)} too large"
        equations = _without_lone_slopes([e for e in equations if e not in dropped], reasons)


def _functions(own: list[Condition], bounds: Bounds) -> tuple[sp.Expr, sp.Expr]:
    """G and B of one component."""
    sides = [c for c in own if not isinstance(c, OutlineCondition)]
    outline = next((c for c in own if isinstance(c, OutlineCondition)), None)
    if outline is None:
        return lift(sides, bounds), factor(sides, bounds)
    return lift(sides, bounds, outline.data), outline.factor * factor(sides, bounds)


def _by_component(equations: list[_Equation]) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    for equation in equations:
        for condition in equation.conditions:
            found.setdefault(condition.component, []).append(condition)
    return found


def _reason_of(law: Law, reasons: Reasons) -> str:
    """The reasons of a law, by equation where it has several."""
    count = len(law.residuals)
    own = {i: reasons[law.label, i] for i in range(count) if (law.label, i) in reasons}
    if len(own) == count and len(set(own.values())) == 1:
        return own[0]
    return "; ".join(f"equation {i + 1}: {text}" for i, text in own.items())


def _with_conditions(network: Network, built: Interpolations) -> Network:
    """The network with its conditions, or as it is where it has none."""
    group = network.group
    if not any(name in built for name in group.components):
        return network
    none = tuple(Derivatives(e, group.arguments) for e in (sp.S.Zero, sp.S.One))
    lifts, factors = zip(*(built.get(name, none) for name in group.components), strict=True)
    made = [FixedJets(group.arguments, functions) for functions in (lifts, factors)]
    return replace(network, model=HardConditions(network.model, *made))
