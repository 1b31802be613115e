r"""Points near corners and holes, at which functions of their own are steep.

A point of a cloud counts by the area that it stands for, r dr dθ, in units of the area that a point
of the set has on the average; so that many points near a corner find out a wrong function there and
weigh no more than the area. Without them a fit of polar functions around a hole is wrong by 1e-2
where its residual is small; with them 1e-8.
"""

from __future__ import annotations

import math

import numpy as np

from pdedsl.geometry import domain_region, place_bounds, unit_points
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Place, Problem, domain_of
from pdedsl.models.bases.polar_columns import PolarColumns

from .drawing import Drawing

_AREA_POINTS = 4096  # Sobol points that measure the area of a set: to a hundredth
_FIRST = 1 << 16  # of the numbers of clouds in seeds, beyond those of arcs and pieces


def with_clouds(
    problem: Problem, place: Place, points: Array, how: Drawing
) -> tuple[Array, Array | None]:
    """Points of the inside of a plane set with those of all clouds after them, and weights.

    Args:
        problem: gives the inputs.
        place: in a domain that is no box.
        points: shape (n, inputs).
        how: kind, seed and clouds.

    Returns:
        Points of shape (n + m, inputs), and weights of shape (n + m,) with mean 1, or None where
        there is no cloud.
    """
    name = domain_of(place)
    if not how.clouds or name is None:
        return points, None
    region = domain_region(problem, problem.domain(name))
    box = region.bounding_box
    probe = box.place(unit_points("sobol", _AREA_POINTS, 2, 0))
    share = max(float((region.level(probe) < 0).mean()), 1 / _AREA_POINTS)
    each = box.volume * share / max(len(points), 1)
    columns = [problem.inputs.index(s) for s in problem.domain(name).coordinates]
    bounds = np.array(list(place_bounds(problem, place).values()))
    parts, weights = [points], [np.ones(len(points))]
    for number, own in enumerate(how.clouds, start=1):
        places, areas, unit = _cloud(own, how.seed_of(_FIRST + number), len(bounds) - 2)
        low, high = np.delete(bounds, columns, axis=0).T
        out = np.empty((len(places), len(bounds)))
        out[:, columns] = places
        out[:, [i for i in range(len(bounds)) if i not in columns]] = low + (high - low) * unit
        inside = region.level(places) < 0
        parts.append(out[inside])
        weights.append(areas[inside] / each)
    total = np.concatenate(weights)
    return np.concatenate(parts), total / total.mean()


def _cloud(columns: PolarColumns, seed: int, others: int) -> tuple[Array, Array, Array]:
    """Points (n, 2), their areas (n,) and other inputs in the unit cube, (n, others)."""
    cloud = columns.cloud
    assert cloud is not None
    unit = unit_points("sobol", cloud.count, 2 + others, seed)
    s, angle = unit[:, 0], 2 * np.pi * unit[:, 1]
    if cloud.spacing == "log":
        ratio = math.log(cloud.outer / cloud.inner)
        radius = cloud.inner * np.exp(ratio * s)
        slope = ratio * radius
    else:
        radius = cloud.inner + (cloud.outer - cloud.inner) * s**2
        slope = 2 * (cloud.outer - cloud.inner) * s
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.asarray(columns.centre) + radius[:, None] * around
    return points, radius * slope * 2 * np.pi / cloud.count, unit[:, 2:]
