"""The place of a law as far as it lies in a part of its domain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy as sp

from pdedsl.ir import Boundary, Face, Interior, Law, OnData, Place, Problem, Slice

from .part_tables import part_table
from .subdomains import Subdomain

_PROBES = 2048  # points of a face at which a condition is tried: a choice
_SEED = 7


def part_place(problem: Problem, law: Law, part: Subdomain) -> Place | None:
    """The place of a law in a part, or None; a point that parts share is in the lowest one.

    Args:
        problem: the whole problem.
        law: one of its laws.
        part: one of its parts.
    """
    place, name = law.place, part.domain.name
    timed = problem.time is not None and problem.time.symbol in part.place
    if isinstance(place, Interior) and (place.domain is not None or timed):
        return Interior(name)
    if isinstance(place, Boundary):
        faces = tuple(face for face in place.faces if _has(problem, part, face, place.where))
        return replace(place, domain=name, faces=faces) if faces else None
    if isinstance(place, OnData):
        table = part_table(problem, place.table, part)
        return None if table is None else OnData(table.name)
    if isinstance(place, Slice) and (place.domain is not None or timed):
        at = {symbol: problem.number(value) for symbol, value in place.fixed}
        if all(_is_in(part, axis, at[axis]) for axis in part.place if axis in at):
            return replace(place, domain=name)
    return None


def _is_in(part: Subdomain, axis: sp.Symbol, at: float) -> bool:
    lower, upper = part.ends[axis]
    return lower < at <= upper or (part.place[axis] == 0 and at <= lower)


def _has(problem: Problem, part: Subdomain, face: Face, where: sp.Basic | None) -> bool:
    """Whether the part has a piece of a face of the whole, where its condition holds."""
    if face.axis in part.ends and problem.number(face.value) not in part.ends[face.axis]:
        return False
    return where is None or _holds_somewhere(problem, part, face, where)


def _holds_somewhere(problem: Problem, part: Subdomain, face: Face, where: sp.Basic) -> bool:
    """Whether a condition holds at one of many points of a face."""
    condition = where.xreplace(problem.parameter_values)
    if condition in (sp.true, sp.false):
        return bool(condition)
    ends = [(problem.number(a), problem.number(b)) for a, b in part.domain.intervals.values()]
    inputs = list(part.domain.intervals)
    for interval in (*([problem.time] if problem.time else []), *problem.ranges):
        if interval.symbol not in inputs:
            inputs.append(interval.symbol)
            ends.append((problem.number(interval.lower), problem.number(interval.upper)))
    lower, upper = np.array(ends).T
    unit = np.random.default_rng(_SEED).random((_PROBES, len(inputs)))
    points = lower + unit * (upper - lower)
    points[:, inputs.index(face.axis)] = problem.number(face.value)
    function = sp.lambdify(inputs, condition, modules="numpy", dummify=True)
    return bool(np.any(function(*points.T)))
