r"""Weights of the laws on a shape for polynomials of a total degree n.

A function of size 1 and degree n on a box of half-lengths h has derivatives ∂^α of the size
:math:`n^{|α|} h^{-α}`, so that a law :math:`\sum_α a_α ∂^α u` has the size

.. math:: S = \max_α \mathrm{rms}\,|a_α| \, n^{|α|} h^{-α}.

Every law has the weight of the loss that makes its rows as large as those of the largest equation:
given values :math:`n^4`, fluxes :math:`n^2` beside a Laplacian on a box of half-length 1, whatever
the units are. Anything from n³ to n⁸ does for values; without it holes cost a factor of 6 to 10.
Fields of a system are scaled until the largest term of each has the size of its law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import sympy as sp

from pdedsl.calculus import LinearOperator, MultiIndex, law_operators
from pdedsl.geometry import domain_region, hull_bounds, unit_points
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Law, NotNumericError, Problem, domain_of, evaluate, normal

_SAMPLES = 64  # points of a domain at which coefficients are looked at: a choice
_SWEEPS = 3  # of rows and columns in turns, as for the sizes of laws on boxes

Terms = tuple[tuple[int, MultiIndex, float], ...]
"""Component, derivative and rms of the coefficient of the terms of a law."""


def row_weights(problem: Problem, degree: int) -> dict[str, float]:
    """Label of a law to its weight in the loss; laws without an operator are left out."""
    found, half = _terms(problem)
    sizes = np.array([_sizes(terms, half, degree, len(problem.components)) for _, terms in found])
    if not sizes.size or not sizes.max() > 0:
        return {}
    rows = _balanced(sizes)
    kinds = {law.label: law.kind for law in problem.laws}
    inside = [size for (label, _), size in zip(found, rows, strict=True) if kinds[label] == "eq"]
    if not inside or not max(inside) > 0:
        return {}
    pairs = zip(found, rows, strict=True)
    return {label: float(f"{(max(inside) / s) ** 2:.3g}") for (label, _), s in pairs if s > 0}


def completed(problem: Problem, degree: int, given: Mapping[str, float]) -> dict[str, float]:
    """Weights that are given by label or by kind, and those of `row_weights` for other laws."""
    kinds = {law.label: law.kind for law in problem.laws}
    own = row_weights(problem, degree).items()
    return {k: w for k, w in own if k not in given and kinds[k] not in given} | dict(given)


def _sizes(terms: Terms, half: Array, degree: int, components: int) -> Array:
    """S of a law on each component."""
    out = np.zeros(components)
    for component, alpha, size in terms:
        order = np.array(alpha)
        out[component] = max(out[component], size * float(np.prod((degree / half) ** order)))
    return out


def _balanced(sizes: Array) -> Array:
    """Sizes of the rows (laws) of a matrix whose columns (components) may have any unit."""
    columns = np.ones(sizes.shape[1])
    for _ in range(_SWEEPS):
        rows = (sizes * columns).max(axis=1)
        rows = np.where(rows > 0, rows, 1.0)
        highest = (sizes / rows[:, None]).max(axis=0)
        columns = 1 / np.where(highest > 0, highest, 1.0)
    return np.asarray((sizes * columns).max(axis=1))


@lru_cache(maxsize=8)
def _terms(problem: Problem) -> tuple[list[tuple[str, Terms]], Array]:
    """Label and terms of the laws with an operator, and the half-lengths of all inputs."""
    bounds = np.array(list(hull_bounds(problem).values()))
    found = [
        (law.law.label, tuple(_law_terms(problem, law.operator, _points(problem, law.law, bounds))))
        for law in law_operators(problem)
        if law.operator is not None
    ]
    return found, (bounds[:, 1] - bounds[:, 0]) / 2


def _points(problem: Problem, law: Law, bounds: Array) -> dict[sp.Basic, Array]:
    """Every input at some points of the domain of a law, and normals as large as they can be."""
    inputs, name = problem.inputs, domain_of(law.place)
    unit = unit_points("sobol", _SAMPLES, len(inputs), 0)
    out = dict(zip(inputs, (bounds[:, :1] + np.diff(bounds) * unit.T), strict=True))
    if name is not None:
        domain = problem.domain(name)
        inside = domain_region(problem, domain).interior(_SAMPLES)
        places = np.resize(inside, (_SAMPLES, len(domain.coordinates)))
        out |= dict(zip(domain.coordinates, places.T, strict=True))
    out |= {normal(axis): np.ones(_SAMPLES) for axis in range(1, len(inputs) + 1)}
    return dict(problem.parameter_values) | out


def _law_terms(
    problem: Problem, operator: LinearOperator, known: Mapping[sp.Basic, Array]
) -> Iterator[tuple[int, MultiIndex, float]]:
    for row in operator.rows:
        for component, entry in enumerate(row):
            for alpha, coefficient in entry:
                yield component, alpha, _rms(coefficient, known)


def _rms(coefficient: sp.Expr, known: Mapping[sp.Basic, Array]) -> float:
    """The rms of what is finite; 1 where the coefficient depends on what is not known."""
    try:
        values = np.abs(np.asarray(evaluate(coefficient, known), dtype=float))
    except NotNumericError:
        return 1.0
    finite = values[np.isfinite(values)] if values.ndim else values
    return float(np.sqrt(np.mean(finite**2))) if finite.size else 1.0
