r"""Spectral bias as it happens: the error, or the residual, of a state by wave number.

Where the spec has an ``exact`` solution the difference to it is taken, else the residual of every
equation in the interior. For each input the values along lines parallel to its axis are split into
waves (see `wave_numbers`), and the squares are averaged over the lines, which pass through points
that no symmetry singles out. Periodic axes have Fourier waves; others sines, where the exact
solution vanishes at both ends of every line, or else cosines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.geometry import domain_bounds, generic_points, hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Law, Problem
from pdedsl.solution.known import exact_fields, exact_values
from pdedsl.solution.sampled import Sampler, sampler

from .moment import Bands
from .wave_numbers import Family, middles, sizes, wave_numbers

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem

_FEW = 3  # inputs, up to which lines are longer and more; a choice
_POINTS, _LINES = (128, 64), (8, 6)  # of a line, and lines of an axis: few inputs, many inputs
_VANISHES = 1e-10  # part of the largest value; a choice, above the rounding of sin(kπ)


class WaveSpectrum:
    """The error or residual of states of one system, by wave number.

    Args:
        problem: that is solved, as it was given or restricted to a window of time.
        system: of this problem, or of its parts.

    Raises:
        ValueError: there is none; the text says why.
    """

    def __init__(self, problem: Problem, system: ResidualSystem) -> None:
        self._problem, self._system = problem, system
        self._lines = list(_error_lines(problem) if exact_fields(problem) else _law_lines(problem))
        if not self._lines:
            raise ValueError("no law holds in the interior, and no exact solution is known")

    def at(self, theta: Tensor) -> tuple[Bands, ...]:
        """The bands of a state, shape (P,).

        Raises:
            ValueError: a value is not a finite number.
        """
        state = sampler(self._problem, self._system, theta)
        return tuple(band for lines in self._lines for band in lines.bands(state))


@dataclass(frozen=True)
class _Box:
    """Lines through a box of all inputs."""

    inputs: tuple[sp.Symbol, ...]
    lower: Array
    upper: Array

    @classmethod
    def of(cls, problem: Problem, domain: str | None) -> _Box:
        """The box of a domain, of time and of parameters with a range."""
        if domain is not None and not problem.domain(domain).is_box:
            raise ValueError(f"the domain {domain} is not a box, on which there are waves")
        bounds = hull_bounds(problem) | domain_bounds(problem, domain)
        ends = np.array([bounds[symbol] for symbol in problem.inputs])
        return cls(problem.inputs, ends[:, 0], ends[:, 1])

    @property
    def points(self) -> int:
        """Points of a line."""
        return _POINTS[len(self.inputs) > _FEW]

    def length(self, axis: sp.Symbol) -> float:
        """Length of an axis."""
        place = self.inputs.index(axis)
        return float(self.upper[place] - self.lower[place])

    def along(self, axis: sp.Symbol, parts: Array) -> Array:
        """Points at parts of an axis, line after line, (lines · len(parts), inputs)."""
        inputs = len(self.inputs)
        lines = _LINES[inputs > _FEW] if inputs > 1 else 1
        unit = np.repeat(generic_points(lines, inputs), len(parts), axis=0)
        unit[:, self.inputs.index(axis)] = np.tile(parts, lines)
        return np.asarray(self.lower + (self.upper - self.lower) * unit)


class _Lines(ABC):
    """Lines along one axis of a box, with the waves on them."""

    def __init__(self, box: _Box, axis: sp.Symbol, family: Family) -> None:
        self.axis, self.family, self._n = axis.name, family, box.points
        self.points = box.along(axis, middles(self._n))
        self.wave_numbers = wave_numbers(family, self._n, box.length(axis))

    @abstractmethod
    def bands(self, state: Sampler) -> Iterator[Bands]:
        """The sizes of a state by wave number."""

    def _band(self, name: str, of: str, values: Array, exact: Array | None = None) -> Bands:
        if not np.isfinite(values).all():
            raise ValueError(f"the {of} of {name} is not finite everywhere")
        known = None if exact is None else self._sizes(exact)
        return Bands(
            name, self.axis, of, self.family, self.wave_numbers, self._sizes(values), known
        )

    def _sizes(self, values: Array) -> Array:
        return sizes(self.family, values.reshape(-1, self._n))


class _ErrorLines(_Lines):
    """Of the difference of a component to the exact solution."""

    def __init__(
        self, problem: Problem, component: AppliedUndef, value: sp.Expr, box: _Box, axis: sp.Symbol
    ) -> None:
        ends = exact_values(problem, component, value, box.along(axis, np.array([0.0, 1.0])))
        inside = exact_values(problem, component, value, box.along(axis, middles(box.points)))
        vanishes = np.abs(ends).max() <= _VANISHES * np.abs(inside).max()
        family: Family = "sine" if vanishes else "cosine"
        if axis in problem.periodic_axes(component):
            family = "fourier"
        super().__init__(box, axis, family)
        self._name, self._exact = component.func.__name__, inside
        if not np.isfinite(inside).all():
            raise ValueError(f"the exact {self._name} is not finite everywhere")

    def bands(self, state: Sampler) -> Iterator[Bands]:
        error = state.fields(self.points)[self._name] - self._exact
        yield self._band(self._name, "error", error, self._exact)


class _LawLines(_Lines):
    """Of the residual of a law in the interior."""

    def __init__(self, problem: Problem, law: Law, box: _Box, axis: sp.Symbol) -> None:
        own = [c for c in problem.components if any(r.has(c.func) for r in law.residuals)]
        circle = own and all(axis in problem.periodic_axes(c) for c in own)
        super().__init__(box, axis, "fourier" if circle else "cosine")
        self._law = law

    def bands(self, state: Sampler) -> Iterator[Bands]:
        rows = state.residual(self._law.label, self.points)
        for name, values in zip(self._law.row_labels, rows, strict=True):
            yield self._band(name, "residual", values)


def _error_lines(problem: Problem) -> Iterator[_Lines]:
    exact = exact_fields(problem)
    for field in problem.fields:
        for component in field.components:
            if component in exact:
                box = _Box.of(problem, field.domain)
                for axis in field.arguments:
                    yield _ErrorLines(problem, component, exact[component], box, axis)


def _law_lines(problem: Problem) -> Iterator[_Lines]:
    for law in problem.laws:
        if law.kind == "eq" and isinstance(law.place, Interior):
            box = _Box.of(problem, law.place.domain)
            for axis in problem.inputs:
                yield _LawLines(problem, law, box, axis)
