"""A spec and its twin in other units, and how far their solutions are apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import pdedsl
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from tests.conftest import ROOT

from .rescale import Units, random_units, rescaled

_GOLDEN, _GALLERY = Path(ROOT) / "tests" / "golden" / "good", Path(ROOT) / "specs"
SPECS = (
    *(f"good/{name}" for name in (
        "coefficient_from_data curl_in_the_plane four_dimensions integral_gauge lines_and_comments "
        "matrices ode_second_order ode_system outputs parameter_range part_of_a_side periodic "
        "piecewise points_and_times robin_and_neumann two_materials values_that_match"
    ).split()),
    *("heat poisson_2d poisson_1d helmholtz wave pendulum lotka_volterra elasticity biharmonic "
      "heat_quarter poisson_hole annulus interface".split()),
)  # fmt: skip
_POINTS = 60


@dataclass(frozen=True)
class Twins:
    """What became of both.

    Args:
        distance: the largest difference of a component, over its largest value.
        plain: status of the spec as it stands.
        twin: that of its twin.
    """

    distance: float
    plain: str
    twin: str


def distance(spec: str, seed: int, budget: float) -> Twins:
    """Solve both, and compare them at points inside."""
    problem = _load(spec)
    units = random_units(problem, seed)
    twin = pdedsl.solve(rescaled(problem, units), budget=budget)
    plain = _plain(spec, budget)
    worst = 0.0
    for component in problem.components:
        name = component.func.__name__
        points = _points(problem, name)
        one = plain.at(points)[name]
        other = twin.at(points * _factors(problem, units))[name] / float(units.fields[name])
        inside = np.isfinite(one) & np.isfinite(other)
        size = float(np.abs(one[inside]).max())
        worst = max(worst, float(np.abs(one - other)[inside].max()) / (size or 1.0))
    return Twins(worst, plain.status, twin.status)


@cache
def _load(spec: str) -> Problem:
    folder = _GOLDEN if spec.startswith("good/") else _GALLERY
    return pdedsl.load(folder / f"{spec.removeprefix('good/')}.pde")


@cache
def _plain(spec: str, budget: float) -> pdedsl.Solution:
    return pdedsl.solve(_load(spec), budget=budget)


def _factors(problem: Problem, units: Units) -> Array:
    return np.array([float(units.inputs[s]) for s in problem.inputs])


def _points(problem: Problem, component: str) -> Array:
    """Inside the domain of a field, at times and parameters within their ranges."""
    (field,) = (f for f in problem.fields if component in {c.func.__name__ for c in f.components})
    rng = np.random.default_rng(0)
    columns = {s: np.zeros(_POINTS) for s in problem.inputs}
    if field.domain is not None:
        domain = problem.domain(field.domain)
        inside = domain_region(problem, domain).interior(_POINTS)[:_POINTS]
        columns |= {s: inside[:, i] for i, s in enumerate(domain.coordinates)}
    for interval in (*([problem.time] if problem.time else []), *problem.ranges):
        low, high = problem.number(interval.lower), problem.number(interval.upper)
        columns[interval.symbol] = rng.uniform(low, high, _POINTS)
    return np.stack([columns[s][:_POINTS] for s in problem.inputs], axis=1)
