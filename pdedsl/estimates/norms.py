"""Integrals of the squares of fields and of their estimated errors."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import torch
from torch import Tensor

from pdedsl.compiler.lowering.groups import Network, axes_of
from pdedsl.compiler.points.drawing import Drawing
from pdedsl.compiler.points.shape_points import interior_points
from pdedsl.geometry import FloatRegion, domain_region, weights_on
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.plane.strip_rule import strip_rule
from pdedsl.geometry.sampling import unit_points
from pdedsl.geometry.tensor import line_rule, product_rule
from pdedsl.ir import Interior, Problem
from pdedsl.models import jet_table
from pdedsl.models.corrected import Corrected
from pdedsl.models.parameters import Reader

from .estimate import Squares

_NODES = {1: 400, 2: 64, 3: 20}  # of an axis; choices, some 4,000 to 8,000 points
# The same on sets in the plane, about, and of an axis beside them: squares of polynomials of degree
# 10 are integrated to 4e-4 and better with 1,024 nodes, and to 1e-7 with 4,096.
_IN_PLANE, _BESIDE = {2: 4_096, 3: 1_024}, 12
_DRAWN = 8_192  # Sobol points beyond three inputs and where no rule is known, a choice
# Total degree that the weights of points in a body are exact for: 165 polynomials in 50 ms.
_OF_BODIES = 8
_LABEL = "norm"  # of the points on shapes, which no law draws


def squares_of(
    problem: Problem, networks: tuple[Network, ...], theta: Tensor
) -> dict[str, Squares]:
    """∫ e² and ∫ (u_h + e)² of every component, over the domain of the component.

    Args:
        problem: whose domains they are.
        networks: with models u_h + e, see `Corrected`.
        theta: the coefficients of e, shape (P,).
    """
    found: dict[str, Squares] = {}
    for network in networks:
        assert isinstance(network.model, Corrected)
        points, weights = integration_rule(problem, network)
        points, weights = points.to(theta), weights.to(theta)
        table = jet_table(points.shape[1], frozenset())
        reader = Reader(theta, network.offset)
        with torch.no_grad():
            errors = network.model.correction.jet(reader, points, table)[0]
            values = network.model.jet(reader, points, table)[0]
        for name, error, value in zip(network.group.components, errors.T, values.T, strict=True):
            found[name] = Squares(*(float(weights @ column.square()) for column in (error, value)))
    return found


def integration_rule(problem: Problem, network: Network) -> tuple[Tensor, Tensor]:
    """Points of the inputs of a network, shape (n, inputs), and weights, shape (n,)."""
    domain = network.group.domain
    if domain is not None and not problem.domain(domain).is_box:
        return _inside(problem, domain, network)
    axes = axes_of(problem, network.group)
    lower = torch.tensor([axis.lower for axis in axes], dtype=torch.float64)
    lengths = torch.tensor([axis.upper - axis.lower for axis in axes], dtype=torch.float64)
    if len(axes) in _NODES:
        sides = [line_rule(_NODES[len(axes)], axis.period is not None) for axis in axes]
        unit, weights = map(torch.from_numpy, product_rule(sides))
    else:
        unit = torch.from_numpy(unit_points("sobol", _DRAWN, len(axes), 0))
        weights = torch.full((len(unit),), 1 / len(unit), dtype=torch.float64)
    return lower + unit * lengths, weights * math.prod(lengths.tolist())


def _inside(problem: Problem, name: str, network: Network) -> tuple[Tensor, Tensor]:
    """The same in a domain that is no box: of `strip_rule` in the plane, else of points inside."""
    domain = problem.domain(name)
    region = domain_region(problem, domain)
    axes = axes_of(problem, network.group)
    own = [network.group.arguments.index(s) for s in domain.coordinates]
    others = [i for i in range(len(axes)) if i not in own]
    if len(own) == 2 and len(axes) in _IN_PLANE:
        with suppress(ArithmeticError):  # a set that is thinner than rounding somewhere
            plane = strip_rule(region, _IN_PLANE[len(axes)])
            sides = [line_rule(_BESIDE, axes[i].period is not None) for i in others]
            numbers = np.arange(float(len(plane.nodes)))
            unit, weights = product_rule([(numbers, plane.weights), *sides])
            points = np.empty((len(unit), len(axes)))
            points[:, own] = plane.nodes[unit[:, 0].astype(int)]
            for column, i in enumerate(others, 1):
                points[:, i] = axes[i].lower + (axes[i].upper - axes[i].lower) * unit[:, column]
            lengths = math.prod(axes[i].upper - axes[i].lower for i in others)
            return torch.from_numpy(points), torch.from_numpy(weights * lengths)
    place = Interior(name)
    drawn, _ = interior_points(problem, place, {}, _DRAWN, Drawing("sobol", 0, _LABEL))
    points = drawn[:, [problem.inputs.index(s) for s in network.group.arguments]]
    lengths = math.prod(axes[i].upper - axes[i].lower for i in others)
    return torch.from_numpy(points), torch.from_numpy(_weights(region, points[:, own]) * lengths)


def _weights(region: FloatRegion, points: Array) -> Array:
    """Of uniform points in a set, shape (n, d): (n,)."""
    known = weights_on(region, points, _OF_BODIES) if region.dimension in (2, 3) else None
    if known is not None:
        return known
    probe = region.bounding_box.place(unit_points("sobol", _DRAWN, region.dimension, 0))
    share = max(float((region.level(probe) < 0).mean()), 1 / _DRAWN)
    return np.full(len(points), share * region.bounding_box.volume / len(points))
