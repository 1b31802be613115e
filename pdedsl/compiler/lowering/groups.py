"""Which network gives which component, and where its parameters lie in θ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp
import torch
from torch import Tensor

from pdedsl.geometry import domain_bounds
from pdedsl.ir import Problem
from pdedsl.models import Axis, Model, ModelOptions
from pdedsl.models.networks.module import ModuleSpec


@dataclass(frozen=True)
class Group:
    """Components that share a network: same arguments, domain and periodic axes.

    Args:
        components: names, such as ``u`` or ``v[1]``, in the order of the outputs.
        arguments: the inputs of the network.
        periods: period of each argument, or None.
        domain: where they live; None for functions of time alone.
    """

    components: tuple[str, ...]
    arguments: tuple[sp.Symbol, ...]
    periods: tuple[float | None, ...]
    domain: str | None


def groups_of(problem: Problem) -> tuple[Group, ...]:
    """The groups of a problem, in order of first declaration."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for field in problem.fields:
        for component in field.components:
            circles = problem.periodic_axes(component)
            periods = tuple(
                problem.number(circles[a]) if a in circles else None for a in field.arguments
            )
            names = found.setdefault((field.arguments, periods, field.domain), [])
            names.append(component.func.__name__)
    return tuple(Group(tuple(names), *shared) for shared, names in found.items())


@dataclass(frozen=True)
class Network:
    """A group, its model, and the first index of its parameters in θ."""

    group: Group
    model: Model
    offset: int


def networks_of(
    problem: Problem, groups: tuple[Group, ...], options: ModelOptions | ModuleSpec
) -> tuple[Network, ...]:
    """A model for each group, their parameters one after another."""
    out: list[Network] = []
    offset = 0
    for group in groups:
        own = options
        if isinstance(options, ModelOptions):
            own = options.in_domain(group.domain)
        model = own.build(axes_of(problem, group), len(group.components))
        out.append(Network(group, model, offset))
        offset += model.size
    return tuple(out)


def axes_of(problem: Problem, group: Group) -> tuple[Axis, ...]:
    """The inputs of a group with their intervals and periods."""
    bounds = domain_bounds(problem, group.domain)
    return tuple(
        Axis(*bounds[a], period) for a, period in zip(group.arguments, group.periods, strict=True)
    )


def parts_of(problem: Problem, networks: tuple[Network, ...], numbers: int) -> dict[str, slice]:
    """Places in θ by name: the parts of every model, and ``numbers`` for the unknown numbers.

    With several networks the parts bear the names of the unknowns, such as ``u: layer 1`` or
    ``v, p: output``.
    """
    out: dict[str, slice] = {}
    end = 0
    for network in networks:
        of = dict.fromkeys(
            field.name for field in problem.fields for c in field.components
            if c.func.__name__ in network.group.components
        )  # fmt: skip
        prefix = f"{', '.join(of)}: " if len(networks) > 1 else ""
        for name, part in network.model.parts.items():
            out[prefix + name] = slice(network.offset + part.start, network.offset + part.stop)
        end = network.offset + network.model.size
    return out | ({"numbers": slice(end, end + numbers)} if numbers else {})


def initial_parameters(networks: tuple[Network, ...], seed: int) -> Tensor:
    """Fresh parameters of all networks, float64 on the CPU; the same seed, the same numbers."""
    generator = torch.Generator().manual_seed(seed)
    parts = [network.model.initial(generator) for network in networks]
    return torch.cat(parts) if parts else torch.zeros(0, dtype=torch.float64)
