r"""Every component of a problem as a combination of fixed functions.

.. math:: u_c = \sum_j θ_{o_c + j}\, φ_{c,j}

Each component has the basis of its own arguments; θ holds the components one after another, in
the order of the problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
import torch

from pdedsl.conditioning.arrays import Array
from pdedsl.geometry import FloatBox, box_of, field_bounds
from pdedsl.ir import Problem
from pdedsl.models import Axis
from pdedsl.models.bases import Basis, BasisOptions, basis_size, build_basis
from pdedsl.models.jets.multiindices import MultiIndex

LARGEST = 6_000
"""The most functions of all components together; A has the square of that many entries."""
_DEFAULT_SIZE = 400
_RANDOM = ("random_fourier", "random_tanh")


@dataclass(frozen=True, eq=False)
class Part:
    """One component.

    Args:
        name: such as ``u`` or ``v[1]``.
        arguments: what it depends on.
        columns: places of the arguments among the inputs of the problem.
        basis: its functions.
        offset: index in θ of the first of them.
    """

    name: str
    arguments: tuple[sp.Symbol, ...]
    columns: tuple[int, ...]
    basis: Basis
    offset: int

    @property
    def place(self) -> slice:
        """Its entries of θ."""
        return slice(self.offset, self.offset + self.basis.size)

    @property
    def box(self) -> FloatBox:
        """Of its arguments."""
        axes = self.basis.axes
        return FloatBox(tuple(a.lower for a in axes), tuple(a.upper for a in axes))

    def derivatives(self, points: Array, indices: Sequence[MultiIndex]) -> Array:
        """∂^α φ_j at points of its arguments, shape (n, d): (len(indices), n, size)."""
        at = torch.from_numpy(np.ascontiguousarray(points, dtype=np.float64))
        with torch.no_grad():
            return np.asarray(self.basis.derivatives(at, list(indices)).numpy())


@dataclass(frozen=True, eq=False)
class Discretisation:
    """All components; see the head of this module.

    Args:
        problem: gives components and inputs.
        options: of the bases.
        parts: one for each component.
    """

    problem: Problem
    options: BasisOptions
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """P."""
        return sum(p.basis.size for p in self.parts)

    def part(self, name: str) -> Part:
        """The component of that name.

        Raises:
            KeyError: no such component.
        """
        return {part.name: part for part in self.parts}[name]

    @property
    def plane_waves(self) -> bool:
        """Whether all bases consist of plane waves."""
        return all(p.basis.phases and p.basis.frequencies is not None for p in self.parts)

    def wave_vectors(self) -> Array:
        """The wave vector of every function in all inputs of the problem, shape (P, inputs).

        Raises:
            ValueError: a basis has no frequencies.
        """
        out = np.zeros((self.size, len(self.problem.inputs)))
        for part in self.parts:
            if part.basis.frequencies is None:
                raise ValueError(f"the functions of {part.name} have no wave vectors")
            out[part.place, list(part.columns)] = part.basis.frequencies
        return out

    def labels(self) -> tuple[str, ...]:
        """A readable name for every entry of θ."""
        if len(self.parts) == 1:
            return tuple(self.parts[0].basis.labels)
        return tuple(f"{p.name}: {label}" for p in self.parts for label in p.basis.labels)


def discretise(
    problem: Problem,
    family: str = "fourier",
    modes: int | None = None,
    index: str | None = None,
    **options: Any,
) -> Discretisation:
    """Bases for all components of a problem.

    Args:
        problem: all its domains are boxes.
        family: see `build_basis`.
        modes: K; `default_modes` if None.
        index: ``box`` or ``total``; if None, ``total`` where a component has more than three
            arguments.
        options: further fields of `BasisOptions`.

    Raises:
        ValueError: a domain is not a box, the basis is too large, an option is wrong, or the
            options are for every axis by itself.
    """
    require_boxes(problem)
    axes = component_axes(problem)
    index = _index(axes) if index is None else index
    if modes is None:
        modes = default_modes(problem, family, index)
    given: dict[str, Any] = {"family": family, "modes": modes, "index": index, **options}
    chosen = BasisOptions(**given)
    if chosen.by_axis:
        raise ValueError(
            "basis: a matrix is set up for one number of modes and without breaks, got "
            f"modes = {chosen.modes} and breaks = {chosen.breaks}"
        )
    total = function_count(chosen, axes)
    if total > LARGEST:
        raise ValueError(
            f"basis: modes = {modes} make {total} functions for all components, and the most "
            f"that a matrix is set up for is {LARGEST}"
        )
    made: dict[tuple[Axis, ...], Basis] = {}
    parts: list[Part] = []
    offset = 0
    owners = [(c.func.__name__, field) for field in problem.fields for c in field.components]
    for (name, field), own in zip(owners, axes, strict=True):
        if own not in made:
            made[own] = build_basis(chosen, own)
        columns = tuple(problem.inputs.index(s) for s in field.arguments)
        parts.append(Part(name, field.arguments, columns, made[own], offset))
        offset += made[own].size
    return Discretisation(problem, chosen, tuple(parts))


def default_modes(problem: Problem, family: str = "fourier", index: str | None = None) -> int:
    """The largest K with at most 400 functions in all; 1 where even that has more."""
    axes = component_axes(problem)
    index = _index(axes) if index is None else index
    if family in _RANDOM:
        return 1
    given: dict[str, Any] = {"family": family, "modes": 1, "index": index}
    options, modes = BasisOptions(**given), 1
    while modes < _DEFAULT_SIZE:
        if function_count(options.model_copy(update={"modes": modes + 1}), axes) > _DEFAULT_SIZE:
            break
        modes += 1
    return modes


def function_count(options: BasisOptions, axes: Sequence[tuple[Axis, ...]]) -> int:
    """Number of functions of all components together, for the axes of each."""
    return sum(basis_size(options, own) for own in axes)


def require_boxes(problem: Problem) -> None:
    """Refuse domains on which no matrix is set up.

    Raises:
        ValueError: a domain of a field is not a box.
    """
    for field in problem.fields:
        if field.domain is None:
            continue
        try:
            box_of(problem, problem.domain(field.domain))
        except ValueError as reason:
            raise ValueError(f"{reason}; the functions of a basis are those of a box") from None


def component_axes(problem: Problem) -> tuple[tuple[Axis, ...], ...]:
    """The axes of every component, as the networks of a residual system have them.

    On a domain that is no box they are those of the box around it.
    """
    out = []
    for field in problem.fields:
        bounds = field_bounds(problem, field)
        for component in field.components:
            circles = problem.periodic_axes(component)
            out.append(tuple(
                Axis(*bounds[a], problem.number(circles[a]) if a in circles else None)
                for a in field.arguments
            ))  # fmt: skip
    return tuple(out)


def _index(axes: tuple[tuple[Axis, ...], ...]) -> str:
    return "total" if max((len(own) for own in axes), default=0) > 3 else "box"
