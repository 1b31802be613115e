"""Quadrature rules over the inputs of a problem, for the norms of errors."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry import FloatRegion, Rule, domain_region, field_bounds, hull_bounds
from pdedsl.geometry.adaptive import NO_MARKS, Marks
from pdedsl.geometry.bounds import Bounds
from pdedsl.geometry.plane.strip_rule import strip_rule
from pdedsl.geometry.tensor import composite_lobatto_rule, lobatto_rule, product_rule
from pdedsl.ir import Field, Problem, Table

LARGEST_GRID_DIMENSION = 3
# Equal panels of an axis and nodes of each, by dimension: 2001, 201 and 41 nodes; 501, 51 and 15.
_DENSE = {1: (40, 51), 2: (4, 51), 3: (2, 21)}
_COARSE = {1: (10, 51), 2: (2, 26), 3: (1, 15)}
_LARGEST_REFINED = 2  # inputs with shorter panels at narrow places: 10^5 nodes at one of them
_FEWEST = 7  # nodes of a panel: a Gaussian of the width of a panel is integrated to 1e-6
_APART = 1e-13  # of the box: break points nearer than that are one
_DENSE_SOBOL, _COARSE_SOBOL = 20_000, 2_000
_SOBOL_SEED = 20_011


def check_points(problem: Problem, dense: bool = True) -> NDArray[np.float64]:
    """Points that fill the box of all inputs, shape (n, inputs); see `box_rule`."""
    return box_rule(hull_bounds(problem), dense).nodes


def box_rule(bounds: Bounds, dense: bool = True, marks: Marks = NO_MARKS) -> Rule:
    """The rule for errors over a box, with its faces among the points.

    One to three inputs: Gauss–Lobatto nodes on panels, 2001, 201² or 41³ of them (coarse: 501, 51²,
    15³), which are exact for degree 97 (2·21 − 3 = 39 in three inputs): errors of polynomials
    grow and oscillate steeply at the ends, where 201 equally weighted grid points overrate the norm
    of P_20 by 7 %. In the middle of a panel they lie 1.6 times as far apart as on a grid. More
    inputs: 20 000 Sobol points of a fixed seed (coarse: 2 000).

    Args:
        bounds: input to the ends of its interval.
        dense: whether to take many points, for a final error, or few, for a running one.
        marks: narrow places, towards which panels become shorter on one or two inputs; with more
            inputs they are points without weight, which the largest error sees.
    """
    lower, upper = np.array(list(bounds.values())).reshape(-1, 2).T
    d = len(bounds)
    if d <= LARGEST_GRID_DIMENSION:
        panels, nodes = (_DENSE if dense else _COARSE)[max(d, 1)]
        near = marks if d <= _LARGEST_REFINED else NO_MARKS
        unit, weights = product_rule([
            _line(panels, nodes, (near.around(axis) - lower[axis]) / (upper - lower)[axis])
            for axis in range(d)
        ])  # fmt: skip
    else:
        from pdedsl.geometry.sampling import unit_points

        n = _DENSE_SOBOL if dense else _COARSE_SOBOL
        unit, weights = unit_points("sobol", n, d, _SOBOL_SEED), np.full(n, 1.0 / n)
    rule = Rule(lower + unit * (upper - lower), weights * prod(upper - lower))
    if d <= _LARGEST_REFINED or not len(marks.centres):
        return rule
    weights = np.append(rule.weights, np.zeros(len(marks.centres)))
    return Rule(np.concatenate([rule.nodes, marks.centres]), weights)


def _line(
    panels: int, nodes: int, breaks: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of [0, 1]: equal panels, or parts of them between break points."""
    ends = np.linspace(0, 1, panels + 1)
    if not len(breaks):
        return composite_lobatto_rule(ends.tolist(), nodes)
    breaks = breaks[(breaks > _APART) & (breaks < 1 - _APART)]
    ends = np.unique([*ends, *breaks])
    ends = ends[np.append(True, np.diff(ends) > _APART)]
    ends[-1] = 1.0
    places, weights = [np.zeros(1)], [np.zeros(1)]
    for low, high in pairwise(ends):
        count = max(_FEWEST, 1 + round((nodes - 1) * panels * (high - low)))
        x, w = lobatto_rule(count)
        places.append(low + (high - low) * x[1:])
        weights[-1][-1] += (high - low) * w[0]
        weights.append((high - low) * w[1:])
    return np.concatenate(places), np.concatenate(weights)


def field_rule(problem: Problem, field: Field, dense: bool = True, marks: Marks = NO_MARKS) -> Rule:
    """The rule for ∫ f over the arguments of a field: nodes (n, inputs), weights (n,).

    On a set in the plane that is no box it is that of `strip_rule`, times one on time or a range;
    where the field has narrow places, in space and with more inputs the nodes are those of the box
    around the set that lie in it. Inputs that the field does not depend on stay in the middle of
    their intervals. ``marks`` are of the arguments, see `box_rule`.
    """
    bounds = field_bounds(problem, field)
    rule = _in_domain(problem, field, bounds, dense, marks)
    nodes = np.empty((len(rule.nodes), len(problem.inputs)))
    for column, (symbol, (low, high)) in enumerate(hull_bounds(problem).items()):
        own = symbol in bounds
        nodes[:, column] = rule.nodes[:, [*bounds].index(symbol)] if own else (low + high) / 2
    return Rule(nodes, rule.weights)


def _in_domain(problem: Problem, field: Field, bounds: Bounds, dense: bool, marks: Marks) -> Rule:
    """The rule with nodes (n, arguments)."""
    if field.domain is None or problem.domain(field.domain).is_box:
        return box_rule(bounds, dense, marks)
    domain = problem.domain(field.domain)
    columns = [field.arguments.index(s) for s in domain.coordinates if s in bounds]
    if len(columns) < len(domain.coordinates):
        return box_rule(bounds, dense, marks)
    region = domain_region(problem, domain)
    if len(columns) == 2 and len(bounds) <= LARGEST_GRID_DIMENSION and not len(marks.centres):
        with suppress(ArithmeticError):  # a set that is thinner than rounding somewhere
            return _on_strips(region, columns, bounds, dense)
    rule = box_rule(bounds, dense, marks)
    keep = region.contains(rule.nodes[:, columns])
    return Rule(rule.nodes[keep], rule.weights[keep])


def _on_strips(region: FloatRegion, columns: list[int], bounds: Bounds, dense: bool) -> Rule:
    """The rule of a plane set, times that of the other argument where there is one."""
    panels, nodes = (_DENSE if dense else _COARSE)[len(bounds)]
    plane = strip_rule(region, (panels * (nodes - 1) + 1) ** 2)
    others = [i for i in range(len(bounds)) if i not in columns]
    points, weights = plane.nodes, plane.weights
    out = np.empty((len(points), len(bounds)))
    out[:, columns] = points
    for i in others:
        low, high = [*bounds.values()][i]
        unit, own = _line(panels, nodes, np.zeros(0))
        out = np.repeat(out, len(unit), axis=0)
        out[:, i] = np.tile(low + (high - low) * unit, len(points))
        weights = np.outer(weights, own * (high - low)).ravel()
    return Rule(out, weights)


def row_weights(table: Table) -> NDArray[np.float64]:
    """Weights of the rows of a table, shape (rows,): trapezoidal on a grid, else all 1/rows."""
    lines = [np.unique(column, return_inverse=True) for column in table.points().T]
    if prod(len(values) for values, _ in lines) != table.rows:
        return np.full(table.rows, 1.0 / table.rows)
    return np.prod([_trapezoidal(values)[place] for values, place in lines], axis=0)


def _trapezoidal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    gaps = np.diff(values)
    return np.append(gaps, 0.0) / 2 + np.insert(gaps, 0, 0.0) / 2 if gaps.size else np.ones(1)
