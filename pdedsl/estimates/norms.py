"""Integrals of the squares of fields and of their estimated errors."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from pdedsl.compiler.lowering.groups import Network, axes_of
from pdedsl.geometry.sampling import unit_points
from pdedsl.geometry.tensor import line_rule, product_rule
from pdedsl.ir import Problem
from pdedsl.models import jet_table
from pdedsl.models.corrected import Corrected
from pdedsl.models.parameters import Reader

from .estimate import Squares

_NODES = {1: 400, 2: 64, 3: 20}  # of an axis; choices, some 4,000 to 8,000 points
_DRAWN = 8_192  # Sobol points beyond three inputs, a choice


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
        points, weights = _rule(problem, network)
        points, weights = points.to(theta), weights.to(theta)
        table = jet_table(points.shape[1], frozenset())
        reader = Reader(theta, network.offset)
        with torch.no_grad():
            errors = network.model.correction.jet(reader, points, table)[0]
            values = network.model.jet(reader, points, table)[0]
        for name, error, value in zip(network.group.components, errors.T, values.T, strict=True):
            found[name] = Squares(*(float(weights @ column.square()) for column in (error, value)))
    return found


def _rule(problem: Problem, network: Network) -> tuple[Tensor, Tensor]:
    """Points of the inputs of a network, shape (n, inputs), and weights, shape (n,)."""
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
