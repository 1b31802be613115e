"""Conditions counted at the points of each part of a boundary, beside what is needed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.diagnostics import Span
from pdedsl.geometry import on_interface
from pdedsl.ir import Domain, Problem
from pdedsl.sema.lints.conditions import conditions_on
from pdedsl.sema.lints.needs import need
from pdedsl.sema.lints.outlines import Part, parts
from pdedsl.sema.lints.structure import Group, joined_on

_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four"}
_WORDS = {0: "no condition", 1: "one condition", 2: "two conditions", 3: "three conditions"}


@dataclass(frozen=True, eq=False)
class Tally:
    """Conditions of a group of fields at the points of a part, and what is needed there."""

    part: Part
    have: NDArray[np.int_]
    tied: int
    least: NDArray[np.int_]
    most: NDArray[np.int_]
    spans: tuple[Span, ...]


def counted(problem: Problem, group: Group, part: Part) -> Tally:
    """Count the conditions on one part; points on interfaces are left to `interface` laws."""
    inner = np.ones(len(part.points), dtype=bool)
    for interface in problem.interfaces:
        inner &= ~on_interface(problem, interface.name, part.domain.name, part.points)
    if inner.any() and not inner.all():
        part = Part(part.domain, part.name, part.points[inner], part.normals[inner], part.face)
    own = [c for c in conditions_on(problem, part) if c.equation.functions & group.functions]
    wanted = need(problem, group, part)
    least, most = wanted.least, wanted.most
    if not inner.any():
        least, most = 0 * least, most + len(own)
    have = sum((c.mask.astype(int) for c in own if not c.tied), np.zeros(len(part.points), int))
    tied = sum(c.tied for c in own)
    spans = tuple(dict.fromkeys(c.equation.law.span for c in own))
    return Tally(part, have, tied, least, most, spans)


def by_axis(
    problem: Problem, domain: Domain, group: Group, outline: Sequence[Part]
) -> list[tuple[sp.Symbol | None, list[Part]]]:
    """The parts by the axis that they are normal to; periodic axes have no boundary."""
    if not domain.is_box:
        return [(None, list(outline))]
    found: list[tuple[sp.Symbol | None, list[Part]]] = []
    for index, axis in enumerate(domain.coordinates):
        owners = [c for c in group.components if axis in c.args]
        if not problem.periodicities or any(axis not in problem.periodic_axes(c) for c in owners):
            pieces = [p for p in outline if p.face is not None and p.face[0] == index]
            found.append((axis, pieces))
    return found


def surplus(problem: Problem) -> bool:
    """Whether some boundary has more conditions than the fields alone need."""
    for domain in problem.domains:
        outline = parts(problem, domain)
        for group in joined_on(problem, domain):
            found = [counted(problem, group, part) for part in outline]
            if any(np.any(t.have > t.most) for t in found):
                return True
    return False


def conditions_text(count: int) -> str:
    """``two conditions``."""
    return _WORDS.get(count, f"{count} conditions")


def needed_text(count: int) -> str:
    """``two are needed``."""
    return f"{_NUMBERS.get(count, count)} {'is' if count == 1 else 'are'} needed"


def enough_text(count: int) -> str:
    """``two are enough``."""
    if count == 0:
        return "none is due"
    return f"{_NUMBERS.get(count, count)} {'is' if count == 1 else 'are'} enough"
