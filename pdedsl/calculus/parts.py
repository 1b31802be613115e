"""The parts of a problem that have an operator: its domains, then its other laws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy as sp

from pdedsl.ir import Interior, Place, Problem

from .laws import LawOperator, law_operators, systems
from .operator import LinearOperator
from .state import generic_state
from .tidy import tidy

_DERIVATIVE = "not linear: its derivative at u, with du for the change of u"


@dataclass(frozen=True)
class Part:
    """The equations of a domain, or one of the other laws.

    Args:
        name: labels of its laws.
        place: where they hold.
        labels: a name for each row.
        operator: on the unknowns that occur; None where there is none.
        remark: that it is a derivative, or why it has no operator; may be empty. Derivatives are
            taken at any state, with ``du`` for the change of an unknown ``u``.
        equations: whether these are the equations of a domain.
    """

    name: str
    place: Place
    labels: tuple[str, ...]
    operator: LinearOperator | None
    remark: str
    equations: bool


def parts_of(problem: Problem) -> tuple[Part, ...]:
    """The equations of each domain as one part, then every other law.

    Parameters stay symbols but those that were given another value.
    """
    laws = law_operators(problem, generic_state(problem))
    found = systems(problem, laws)
    inside = [
        Part(
            ", ".join(dict.fromkeys(label.partition("[")[0] for label in system.labels)),
            Interior(system.domain),
            system.labels,
            system.operator if system.linear else system.operator.differential(),
            "" if system.linear else _DERIVATIVE,
            equations=True,
        )
        for system in found
    ]
    others = [
        _law_part(item)
        for item in laws
        if item.law.kind != "eq"
        or item.operator is None
        or not isinstance(item.law.place, Interior)
    ]
    given = {s: v for s, v in problem.parameter_values.items() if s.name in dict(problem.overrides)}
    return tuple(_with_values(part, given) for part in (*inside, *others))


def _with_values(part: Part, given: Mapping[sp.Symbol, sp.Expr]) -> Part:
    if part.operator is None or not given:
        return part
    return replace(part, operator=part.operator.map(lambda a: tidy(a.xreplace(given))))


def _law_part(item: LawOperator) -> Part:
    law, operator = item.law, item.operator
    remark = item.reason or ("" if item.linear else _DERIVATIVE)
    if operator is not None:
        columns = [j for j in range(len(operator.unknowns)) if any(r[j] for r in operator.rows)]
        operator = operator.restricted(columns, range(len(operator.coordinates)))
        operator = operator if item.linear else operator.differential()
    return Part(law.label, law.place, law.row_labels, operator, remark, equations=False)
