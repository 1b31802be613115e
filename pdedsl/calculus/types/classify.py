r"""The type of a linear differential operator: elliptic, parabolic, hyperbolic, ….

Everything follows from the determinant p(ζ) of the symbol (for a scalar operator the symbol
itself), at points of the domain with the coefficients frozen there:

* derivatives in one coordinate: ordinary;
* degree 1: hyperbolic (transport along characteristics);
* degree 2: from the signature of the quadratic form, see `signature`;
* higher degree: elliptic if the terms of highest order vanish for no real ξ ≠ 0
  (in the sense of Douglis and Nirenberg for systems), see `ellipticity`; else the type as an
  evolution in time after Petrovskii, see `evolution`. Without time each coordinate is tried;
* systems of first order with real speeds: see `first_order`.

Where coefficients vary the type is found at points spread over the bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp

from pdedsl.calculus.operator import LinearOperator, MultiIndex

from .determinant import PointSymbol
from .ellipticity import vanishes
from .evolution import evolution_type
from .first_order import first_order_type
from .jump_regions import jump_regions
from .local_type import BACKWARD, DEGENERATE, DISPERSIVE, ELLIPTIC, HYPERBOLIC, PARABOLIC, LocalType
from .signature import signature_type
from .symbol_samples import Bounds, Points, Sample, UndecidedError, sample
from .thin_regions import thin_regions
from .type_regions import conditions

ORDINARY, MIXED, UNDETERMINED = "ordinary", "mixed", "undetermined"
Known = dict[tuple[tuple[MultiIndex, float], ...], LocalType]


@dataclass(frozen=True)
class Part:
    """Where an operator is of one kind.

    Args:
        kind: as in `Classification`, never "mixed".
        where: "everywhere", a condition such as ``y > 0``, "backward in time" beside parts that
            are not, or empty where no short condition is known.
        share: part of the points of the bounds at which the kind was found, in [0, 1]; 0 for a
            region between them, see `thin_regions`.
    """

    kind: str
    where: str
    share: float


@dataclass(frozen=True)
class Classification:
    """The type of an operator.

    Args:
        kind: "elliptic", "parabolic", "hyperbolic", "ultrahyperbolic", "dispersive", "ordinary",
            "degenerate" (none of these), "mixed" (several) or "undetermined" (not decided).
        parts: the kinds by region, the largest first; a parabolic equation that is forward in
            time in one region and backward in another has two parts of one kind.
        reason: why, in words.
    """

    kind: str
    parts: tuple[Part, ...]
    reason: str


def classify(operator: LinearOperator, time: sp.Symbol | None, bounds: Bounds) -> Classification:
    """The type of a linear operator; see the head of the module.

    Args:
        operator: with coefficients of numbers and coordinates alone.
        time: the coordinate that is time; None takes one named ``t`` or ``time``, if any.
        bounds: interval of every coordinate that coefficients depend on; shares are shares of
            the box that they make.

    Raises:
        ValueError: a coefficient depends on a coordinate without bounds.
    """
    try:
        sampled = sample(operator, bounds)
    except UndecidedError as error:
        return Classification(UNDETERMINED, (), str(error))
    if len(sampled.active) < 2:
        found = _of_one_coordinate(operator, sampled)
    else:
        names = [operator.coordinates[i].name for i in sampled.active]
        axis = _time_axis(names, time)
        known: Known = {}
        types = [_local_type(s, names, axis, known) for s in sampled.symbols]
        systems = first_order_type(operator, sampled, names, axis)
        types = [systems.get(i, own) for i, own in enumerate(types)]
        found = _group_by_type(operator, types, sampled.points)
        thin = [
            (where, None if symbol is None else local_type(symbol, names, axis))
            for where, symbol in (
                *jump_regions(operator, sampled),
                *thin_regions(operator, sampled),
            )
        ]
        found = _with_thin_parts(found, types, thin)
    return replace(found, reason=_whole_reason(operator, sampled, found, time))


def _time_axis(names: Sequence[str], time: sp.Symbol | None) -> int | None:
    wanted = [time.name] if time is not None else ["t", "time"]
    return next((i for i, name in enumerate(names) if name in wanted), None)


def _of_one_coordinate(operator: LinearOperator, sampled: Sample) -> Classification:
    if sampled.active:
        name = operator.coordinates[sampled.active[0]].name
        reason = f"derivatives in {name} alone, of order {sampled.degree}"
        return Classification(ORDINARY, (Part(ORDINARY, "everywhere", 1.0),), reason)
    if sampled.degree < 0:
        reason = "the determinant of the symbol vanishes: the equations depend on one another"
        if operator.shape == (1, 1):
            reason = "the operator is zero"
    else:
        reason = "no derivative is left in the determinant of the symbol: algebraic equations"
    return Classification(DEGENERATE, (Part(DEGENERATE, "everywhere", 1.0),), reason)


def _local_type(
    symbol: PointSymbol, names: Sequence[str], time: int | None, known: Known
) -> LocalType:
    """Type at a point; a symbol whose like was seen (up to its size) costs nothing."""
    largest = max(map(abs, symbol.values()), default=1.0)
    key = tuple((alpha, value / largest) for alpha, value in symbol.items())
    if key not in known:
        known[key] = local_type(symbol, names, time)
    return known[key]


def local_type(symbol: PointSymbol, names: Sequence[str], time: int | None) -> LocalType:
    """Type of the determinant of a symbol at one point; see the head of the module.

    Args:
        symbol: its coefficients.
        names: of the coordinates, one for each entry of a multi-index.
        time: which coordinate is time; None tries each where it matters.
    """
    degree = max(map(sum, symbol), default=0)
    if degree == 0:
        return LocalType(DEGENERATE, "no derivative is left")
    if degree == 1:
        return LocalType(HYPERBOLIC, "first order: transport along characteristics")
    if degree == 2:
        return signature_type(symbol, names, time)
    principal = {alpha: value for alpha, value in symbol.items() if sum(alpha) == degree}
    if not vanishes(principal, len(names)):
        reason = f"the terms of order {degree} vanish for no real direction"
        return LocalType(ELLIPTIC, reason)
    return evolution_type(symbol, names, time) if time is not None else _any_time(symbol, names)


def _any_time(symbol: PointSymbol, names: Sequence[str]) -> LocalType:
    """The best of the types as an evolution in some coordinate."""
    found = [evolution_type(symbol, names, axis) for axis in range(len(names))]
    for kind in (HYPERBOLIC, PARABOLIC, DISPERSIVE):
        for name, one in zip(names, found, strict=True):
            if one.kind == kind and one.remark:
                reason = f"as an evolution against {name} all short waves are damped"
                return LocalType(kind, reason)
            if one.kind == kind:
                return one
    reason = (
        "the terms of highest order vanish in a real direction, and the equation is a well-posed "
        "evolution in no coordinate"
    )
    return LocalType(DEGENERATE, reason)


def _group_by_type(
    operator: LinearOperator, types: Sequence[LocalType], points: Points
) -> Classification:
    """Kinds by share, the largest first, then in the order in which they were found."""
    sorts = [(t.kind, t.remark) for t in types]
    shares = {sort: sorts.count(sort) / len(sorts) for sort in dict.fromkeys(sorts)}
    first = types[0]
    if len(shares) == 1:
        return Classification(first.kind, (Part(first.kind, "everywhere", 1.0),), first.reason)
    kinds = [t.kind for t in types]
    words = conditions(operator, kinds, points) if len(set(kinds)) == len(shares) else {}
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    parts = tuple(Part(kind, words.get(kind, remark), share) for (kind, remark), share in ranked)
    kind = MIXED if len(set(kinds)) > 1 else first.kind
    reason = "the type changes over the domain: " + ", ".join(map(_part_text, parts))
    return Classification(kind, parts, reason)


def _with_thin_parts(
    found: Classification, types: Sequence[LocalType], thin: Sequence[tuple[str, LocalType | None]]
) -> Classification:
    """The types with those of regions too thin for a share; see `thin_regions`.

    Where the coefficients of second order are singular but of one sign around, which is a set
    without area, the part is degenerate and the kind of the whole stays.
    """
    known = {(own.kind, own.remark) for own in types}
    parts, texts = [], []
    for where, own in thin:
        if own is None:
            parts.append(Part(DEGENERATE, where, 0.0))
            texts.append(f"degenerate {where}, where the second-order coefficients are singular")
        elif (own.kind, own.remark) not in known:
            known.add((own.kind, own.remark))
            parts.append(Part(own.kind, f"{own.remark} {where}".strip(), 0.0))
            size = "" if where.startswith("where") else ", in less than 1 % of the domain"
            texts.append(f"{own.kind} {parts[-1].where}{size}")
    if not texts:
        return found
    rest = tuple(replace(p, where=p.where.removeprefix("everywhere")) for p in found.parts)
    same = all(own is None or own.kind in {t.kind for t in types} for _, own in thin)
    reason = f"{found.reason}, but not everywhere: {', '.join(texts)}"
    return Classification(found.kind if same else MIXED, (*rest, *parts), reason)


def _part_text(part: Part) -> str:
    share = f"in {100 * part.share:.0f} % of it" if part.share >= 0.01 else "in less than 1 % of it"
    if part.where and part.where != BACKWARD:
        return f"{part.kind} where {part.where} ({share})"
    return f"{part.kind} {part.where} {share}".replace("  ", " ")


def _whole_reason(
    operator: LinearOperator, sampled: Sample, found: Classification, time: sp.Symbol | None
) -> str:
    """The reason with what the whole operator adds to it."""
    reason = found.reason
    if operator.shape != (1, 1) and sampled.degree > 0 and operator.order != 1:
        reason = f"determinant of the symbol, of order {sampled.degree}: {reason}"
    reason += _constraints(operator, found, time)
    still = [s.name for i, s in enumerate(operator.coordinates) if i not in sampled.active]
    if still and sampled.active:
        words = "is a parameter" if len(still) == 1 else "are parameters"
        reason += f"; {', '.join(still)} {words}"
    if sampled.left_out:
        total = sampled.left_out + len(sampled.symbols)
        reason += f"; left out: {sampled.left_out} of {total} points with no finite coefficients"
    return reason


def _constraints(operator: LinearOperator, found: Classification, time: sp.Symbol | None) -> str:
    """What is said of equations without a derivative in time, such as div v = 0."""
    names = [s.name for s in operator.coordinates]
    axis = _time_axis(names, time)
    if axis is None or found.kind not in (PARABOLIC, HYPERBOLIC, DISPERSIVE):
        return ""
    moving = [any(alpha[axis] for entry in row for alpha, _ in entry) for row in operator.rows]
    if all(moving) or not any(moving):
        return ""
    count = len(moving) - sum(moving)
    word = "constraint" if count == 1 else "constraints"
    return f"; {count} of the {len(moving)} equations without a derivative in {names[axis]}: {word}"
