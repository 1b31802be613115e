"""Points of a law: where its residual is evaluated.

Every input of the problem has a column: free inputs are sampled, fixed ones are constant, and
inputs that the place does not speak of (space, for a law between integrals) stand at the centre
of their interval. Every face draws its own sequence; the faces of a law share its points by area.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry import box_of, input_bounds, unit_points
from pdedsl.ir import Boundary, Face, Global, Law, OnData, Problem, Slice

Array = NDArray[np.float64]
Condition = Callable[[Array], NDArray[np.bool_]]

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


def fixed_inputs(problem: Problem, law: Law) -> dict[int, float]:
    """Column to value of the inputs that a law's place fixes (faces aside)."""
    place = law.place
    out: dict[int, float] = {}
    if isinstance(place, Slice | Global):
        out = {problem.inputs.index(s): problem.number(v) for s, v in place.fixed}
    if isinstance(place, Global):
        bounds = input_bounds(problem)
        for domain in problem.domains:
            for s in domain.coordinates:
                out.setdefault(problem.inputs.index(s), sum(bounds[s]) / 2)
    return out


def default_count(problem: Problem, law: Law) -> int:
    """Number of points where none is asked for."""
    free = len(problem.inputs) - len(fixed_inputs(problem, law))
    place = law.place
    if isinstance(place, Boundary):
        return len(place.faces) * _DEFAULTS["face"][min(free - 1, 3)]
    kind = {Slice: "slice", Global: "global"}.get(type(place), "interior")
    return _DEFAULTS[kind][min(free, 3)]


def place_points(
    problem: Problem,
    law: Law,
    count: int,
    kind: str,
    seed: int,
    condition: Condition | None = None,
) -> tuple[Array, Array | None]:
    """Draw the points of a law.

    Args:
        problem: gives inputs and bounds; all domains are boxes.
        law: its place is not OnInterface.
        count: number of points (for data, at most all rows).
        kind: see `geometry.sampling`.
        seed: any integer.
        condition: the ``where`` of a boundary.

    Returns:
        Points (n, inputs), and outward normals (n, dimension) on a boundary, else None.

    Raises:
        EmptyPlace: no sampled point satisfies the condition.
    """
    if isinstance(law.place, OnData):
        return _data_points(problem, law.place, count, seed), None
    fixed = fixed_inputs(problem, law)
    if isinstance(law.place, Boundary):
        return _face_points(problem, law, law.place, count, kind, seed, condition)
    return _box_points(problem, fixed, count, kind, _seed(seed, law.label)), None


def _seed(seed: int, label: str, part: int = 0) -> int:
    state = np.random.SeedSequence((abs(seed), crc32(label.encode()), part)).generate_state(1)
    return int(state[0])


def _box_points(
    problem: Problem, fixed: Mapping[int, float], count: int, kind: str, seed: int
) -> Array:
    bounds = list(input_bounds(problem).values())
    free = [i for i in range(len(bounds)) if i not in fixed]
    unit = unit_points(kind, count, len(free), seed)
    out = np.empty((len(unit), len(bounds)))
    for i, value in fixed.items():
        out[:, i] = value
    for i, column in zip(free, unit.T, strict=True):
        low, high = bounds[i]
        out[:, i] = low + (high - low) * column
    return out


def _face_points(
    problem: Problem,
    law: Law,
    place: Boundary,
    count: int,
    kind: str,
    seed: int,
    condition: Condition | None,
) -> tuple[Array, Array]:
    box = box_of(problem, problem.domain(place.domain))
    axes = [problem.inputs.index(face.axis) for face in place.faces]
    free = len(problem.inputs) > 1
    draw = _accepted(problem, law, place.faces, axes, kind, seed, condition)
    areas = [box.face_area(axis) * part for axis, (part, _) in zip(axes, draw, strict=True)]
    if not sum(areas):
        raise EmptyPlace(law.label)
    points, normals = [], []
    for face, axis, area, (part, more) in zip(place.faces, axes, areas, draw, strict=True):
        if not part:
            continue
        share = max(FEWEST_ON_FACE, round(count * area / sum(areas))) if free else 1
        here = more(share)
        points.append(here)
        normals.append(np.tile(box.normal(axis, face.side), (len(here), 1)))
    return np.concatenate(points), np.concatenate(normals)


def _accepted(
    problem: Problem,
    law: Law,
    faces: tuple[Face, ...],
    axes: list[int],
    kind: str,
    seed: int,
    condition: Condition | None,
) -> list[tuple[float, Callable[[int], Array]]]:
    """For each face the part of it that satisfies the condition, and a sampler of that part."""

    def one(number: int, face: Face, axis: int) -> tuple[float, Callable[[int], Array]]:
        fixed = {axis: problem.number(face.value)}
        own = _seed(seed, law.label, number)

        def draw(n: int) -> Array:
            return _box_points(problem, fixed, n, kind, own)

        if condition is None:
            return 1.0, draw
        probe = _box_points(problem, fixed, 4096, "sobol", own)
        part = float(condition(probe).mean())
        return part, lambda n: _reject(draw, condition, n, part, probe)

    return [one(i, f, a) for i, (f, a) in enumerate(zip(faces, axes, strict=True))]


def _reject(
    draw: Callable[[int], Array], condition: Condition, n: int, part: float, probe: Array
) -> Array:
    """The first n points that satisfy the condition, of longer and longer sequences."""
    tries = max(n, round(n / part))
    for _ in range(_TRIALS):
        points = draw(tries)
        good = points[condition(points)]
        if len(good) >= n or len(points) < tries // 2:
            break
        tries *= 2
    # A regular grid may miss a small part entirely.
    return good[:n] if len(good) else probe[condition(probe)][:n]


def _data_points(problem: Problem, place: OnData, count: int, seed: int) -> Array:
    table = next(t for t in problem.tables if t.name == place.table)
    rows = data_rows(table.rows, count, seed)
    columns = [
        table.columns[s.name][rows] if s.name in table.coordinates
        else np.full(len(rows), sum(bounds) / 2)
        for s, bounds in input_bounds(problem).items()
    ]  # fmt: skip
    return np.stack(columns, axis=1)


def data_rows(rows: int, count: int, seed: int) -> NDArray[np.int64]:
    """Which rows of a table are used: all, or ``count`` of them at random, in order."""
    if count >= rows:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
