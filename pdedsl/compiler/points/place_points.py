"""Points of a law: where its residual is evaluated.

Every input of the problem has a column: free inputs are sampled, fixed ones are constant, and
inputs that the place does not speak of (space, for a law between integrals) stand at the centre
of their interval. Every face draws its own sequence; the faces of a law share its points by area.

The kind ``gauss`` gives every point a weight ω with mean 1, so that mean ω r² is a quadrature of
the mean of r² over the place: on every box of free inputs the tensor product of Gauss–Legendre
nodes, and of equal cells along an axis in which all fields are periodic (`tensor_rule`). Faces
count by their area. Of a face with a condition the nodes where it holds are kept with their
weights, the rule for the indicator function times r²; across the edge of the condition it is of
first order in the distance of the nodes. Rows of tables count alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry import (
    SharedFace,
    box_of,
    hull_bounds,
    place_bounds,
    shared_face,
    side_of,
    tensor_rule,
    unit_points,
)
from pdedsl.geometry.tensor import product_rule
from pdedsl.ir import Boundary, Domain, Face, Global, Law, OnData, OnInterface, Problem, Slice

Array = NDArray[np.float64]
Condition = Callable[[Array], NDArray[np.bool_]]
Weighted = tuple[Array, Array | None]
Sampler = Callable[[int], Weighted]
Lines = Mapping[int, tuple[Array, Array]]
"""Column of an input to nodes on its interval and weights with the sum 1."""

FEWEST_ON_FACE = 4
# Default number of points, by the number of free inputs; the last entry serves all beyond.
_DEFAULTS: dict[str, tuple[int, ...]] = {
    "interior": (1, 256, 2048, 4096),
    "face": (1, 128, 256, 256),
    "slice": (1, 256, 512, 1024),
    "global": (1, 32, 64, 128),
}
_TRIALS = 12


class EmptyPlace(Exception):
    """No point of a boundary part satisfies its condition."""


@dataclass(frozen=True)
class Sample:
    """The points of a law.

    Args:
        points: shape (n, inputs).
        normals: on a boundary outward, on an interface from its first domain to its second, shape
            (n, dimension); else None.
        weights: ω of a quadrature, shape (n,) with mean 1; None where all count alike.
    """

    points: Array
    normals: Array | None = None
    weights: Array | None = None


def fixed_inputs(problem: Problem, law: Law) -> dict[int, float]:
    """Column to value of the inputs that a law's place fixes (faces aside)."""
    place = law.place
    out: dict[int, float] = {}
    if isinstance(place, Slice | Global):
        out = {problem.inputs.index(s): problem.number(v) for s, v in place.fixed}
    if isinstance(place, Global):
        bounds = hull_bounds(problem)
        for domain in problem.domains:
            for s in domain.coordinates:
                out.setdefault(problem.inputs.index(s), sum(bounds[s]) / 2)
    if isinstance(place, OnInterface):
        domain, face = _interface_face(problem, place)
        out[problem.inputs.index(domain.coordinates[face.axis])] = face.value
    return out


def _interface_face(problem: Problem, place: OnInterface) -> tuple[Domain, SharedFace]:
    """The first domain of an interface, and the face that it shares with the second."""
    interface = problem.interface(place.name)
    face = shared_face(problem, interface)
    assert face is not None
    return problem.domain(interface.first), face


def default_count(problem: Problem, law: Law) -> int:
    """Number of points where none is asked for."""
    free = len(problem.inputs) - len(fixed_inputs(problem, law))
    place = law.place
    if isinstance(place, Boundary):
        return len(place.faces) * _DEFAULTS["face"][min(free - 1, 3)]
    kinds = {Slice: "slice", Global: "global", OnInterface: "face"}
    kind = kinds.get(type(place), "interior")
    return _DEFAULTS[kind][min(free, 3)]


def place_points(
    problem: Problem,
    law: Law,
    count: int,
    kind: str,
    seed: int,
    condition: Condition | None = None,
    lines: Lines | None = None,
) -> Sample:
    """Draw the points of a law.

    Args:
        problem: gives inputs and bounds; all domains are boxes.
        law: the law.
        count: number of points (for data, at most all rows).
        kind: see `geometry.sampling`.
        seed: any integer.
        condition: the ``where`` of a boundary.
        lines: for ``gauss``, the rule of each input in place of one with as many nodes in all.

    Raises:
        EmptyPlace: no sampled point satisfies the condition.
    """
    if isinstance(law.place, OnData):
        return Sample(_data_points(problem, law.place, count, seed))
    fixed = fixed_inputs(problem, law)
    if isinstance(law.place, Boundary):
        return _face_points(problem, law, law.place, count, kind, seed, condition, lines)
    points, weights = _box_points(problem, law, fixed, count, kind, _seed(seed, law.label), lines)
    normals: Array | None = None
    if isinstance(law.place, OnInterface):
        domain, face = _interface_face(problem, law.place)
        normal = box_of(problem, domain).normal(face.axis, face.side)
        normals = np.tile(normal, (len(points), 1))
    return Sample(points, normals, None if weights is None else weights * len(points))


def circles(problem: Problem) -> tuple[bool, ...]:
    """For each input, whether every field that depends on it is periodic over its interval."""
    out = []
    for symbol, (low, high) in hull_bounds(problem).items():
        lengths = [
            problem.periodic_axes(component).get(symbol)
            for component in problem.components if symbol in component.args
        ]  # fmt: skip
        periods = [None if length is None else problem.number(length) for length in lengths]
        out.append(bool(periods) and all(
            p is not None and np.isclose(p, high - low, rtol=1e-12, atol=0) for p in periods
        ))  # fmt: skip
    return tuple(out)


def _seed(seed: int, label: str, part: int = 0) -> int:
    state = np.random.SeedSequence((abs(seed), crc32(label.encode()), part)).generate_state(1)
    return int(state[0])


def _box_points(
    problem: Problem,
    law: Law,
    fixed: Mapping[int, float],
    count: int,
    kind: str,
    seed: int,
    lines: Lines | None = None,
) -> Weighted:
    """Points of the box of the free inputs, and their weights with sum 1 (or None)."""
    bounds = list(place_bounds(problem, law.place).values())
    free = [i for i in range(len(bounds)) if i not in fixed]
    if kind == "gauss" and lines is not None:
        rules = [lines[i] if i in free else (np.array([fixed[i]]), np.ones(1))
                 for i in range(len(bounds))]  # fmt: skip
        return product_rule(rules)
    weights: Array | None = None
    if kind == "collocation":
        kind = "sobol"  # away from the windows that have the nodes
    if kind == "gauss":
        round_axes = circles(problem)
        side = side_of(count, len(free))
        unit, weights = tensor_rule(side, [round_axes[i] for i in free])
    else:
        unit = unit_points(kind, count, len(free), seed)
    out = np.empty((len(unit), len(bounds)))
    for i, value in fixed.items():
        out[:, i] = value
    for i, column in zip(free, unit.T, strict=True):
        low, high = bounds[i]
        out[:, i] = low + (high - low) * column
    return out, weights


def _face_points(
    problem: Problem,
    law: Law,
    place: Boundary,
    count: int,
    kind: str,
    seed: int,
    condition: Condition | None,
    lines: Lines | None,
) -> Sample:
    box = box_of(problem, problem.domain(place.domain))
    axes = [problem.inputs.index(face.axis) for face in place.faces]
    free = len(problem.inputs) > 1
    draw = _accepted(problem, law, place.faces, axes, kind, seed, condition, lines)
    areas = [box.face_area(axis) * part for axis, (part, _) in zip(axes, draw, strict=True)]
    if not sum(areas):
        raise EmptyPlace(law.label)
    points, normals, weights = [], [], []
    for face, axis, area, (part, more) in zip(place.faces, axes, areas, draw, strict=True):
        if not part:
            continue
        share = max(FEWEST_ON_FACE, round(count * area / sum(areas))) if free else 1
        here, own = more(share)
        points.append(here)
        normals.append(np.tile(box.normal(axis, face.side), (len(here), 1)))
        if own is not None:
            weights.append(own * box.face_area(axis))
    return Sample(np.concatenate(points), np.concatenate(normals), _mean_one(weights))


def _mean_one(weights: list[Array]) -> Array | None:
    if not weights:
        return None
    joined = np.concatenate(weights)
    return joined / joined.mean()


def _accepted(
    problem: Problem,
    law: Law,
    faces: tuple[Face, ...],
    axes: list[int],
    kind: str,
    seed: int,
    condition: Condition | None,
    lines: Lines | None,
) -> list[tuple[float, Sampler]]:
    """For each face the part of it that satisfies the condition, and a sampler of that part.

    The weights of the points have the part as their sum.
    """

    def one(number: int, face: Face, axis: int) -> tuple[float, Sampler]:
        fixed = {axis: problem.number(face.value)}
        own = _seed(seed, law.label, number)

        def draw(n: int) -> Weighted:
            return _box_points(problem, law, fixed, n, kind, own, lines)

        if condition is None:
            return 1.0, draw
        probe, _ = _box_points(problem, law, fixed, 4096, "sobol", own)
        part = float(condition(probe).mean())
        return part, lambda n: _reject(draw, condition, n, part, probe)

    return [one(i, f, a) for i, (f, a) in enumerate(zip(faces, axes, strict=True))]


def _reject(draw: Sampler, condition: Condition, n: int, part: float, probe: Array) -> Weighted:
    """The first n points that satisfy the condition, of longer and longer sequences.

    Nodes of a quadrature are all kept, however many: their weights hold together.
    """
    tries = max(n, round(n / part))
    for _ in range(_TRIALS):
        points, weights = draw(tries)
        good = condition(points)
        enough = n if weights is None else 1
        if good.sum() >= enough or len(points) < tries // 2:
            break
        tries *= 2
    if good.any():
        return (points[good][:n], None) if weights is None else (points[good], weights[good])
    # A regular grid may miss a small part entirely.
    kept = probe[condition(probe)][:n]
    return kept, None if weights is None else np.full(len(kept), part / len(kept))


def _data_points(problem: Problem, place: OnData, count: int, seed: int) -> Array:
    table = next(t for t in problem.tables if t.name == place.table)
    rows = data_rows(table.rows, count, seed)
    columns = [
        table.columns[s.name][rows] if s.name in table.coordinates
        else np.full(len(rows), sum(bounds) / 2)
        for s, bounds in hull_bounds(problem).items()
    ]  # fmt: skip
    return np.stack(columns, axis=1)


def data_rows(rows: int, count: int, seed: int) -> NDArray[np.int64]:
    """Which rows of a table are used: all, or ``count`` of them at random, in order."""
    if count >= rows:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
