r"""A solution u_h as the theorems see it, and what it leaves of linear laws.

.. math:: f = \sum_{j, α} a_{jα} ∂^α u_{h,j} + g

on a box, a face of it or an instant: the residual of an equation, the misfit of a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import sympy as sp
import torch
from sympy.core.function import AppliedUndef
from torch import Tensor

from pdedsl.calculus.operator import MultiIndex, differentiate
from pdedsl.compiler.evaluation.evaluator import Evaluator
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from pdedsl.ir.evaluation import evaluate_with_scale

from .bound import UnprovedError
from .enclosure import Box, around, largest_on
from .growth import Growth, breaks_of, growth_of, is_smooth

_T = TypeVar("_T")
_KNOWN_UNITS = 16.0  # rounding of a known function, in units of the size of its terms; a choice


@dataclass(frozen=True)
class Misfit:
    """Σ a_jα ∂^α u_j + g; see the module docstring.

    Args:
        terms: u_j and α, in all inputs, to a_jα.
        known: g.
        box: intervals of all inputs, in their order; of length zero for inputs that are fixed.
    """

    terms: Mapping[tuple[AppliedUndef, MultiIndex], sp.Expr]
    known: sp.Expr
    box: Box

    @property
    def axes(self) -> tuple[int, ...]:
        """Places of the inputs that are not fixed."""
        return tuple(i for i, (low, high) in enumerate(self.box.values()) if high > low)

    @property
    def measure(self) -> float:
        """Product of the lengths of these inputs."""
        return float(np.prod([high - low for low, high in self.box.values() if high > low]))

    @property
    def expression(self) -> sp.Expr:
        """It, in symbols."""
        inputs = tuple(self.box)
        images = (a * differentiate(u, inputs, alpha) for (u, alpha), a in self.terms.items())
        return sp.Add(self.known, *images)


class Approximation:
    """The solution u_h: its values, and its size for complex inputs.

    Args:
        system: of the problem as it was solved, undivided.
        theta: its parameters, shape (P,).

    Raises:
        UnprovedError: the model is not smooth, or one of several for parts of the domain.
    """

    def __init__(self, system: ResidualSystem, theta: Tensor) -> None:
        self.problem: Problem = system.problem
        self._theta = theta.detach().cpu().double()
        like = self._theta.new_zeros(())
        self._evaluator = Evaluator(system.problem, system.ansatz, like)
        self._growth: dict[str, tuple[Growth | None, int]] = {}
        # Places of the arguments of a field among the inputs, which a spec may name in any order.
        self._places: dict[str, list[int]] = {}
        self._breaks: dict[sp.Symbol, set[float]] = {}
        for network in system.networks:
            if not is_smooth(network.model):
                raise UnprovedError("the functions of the solution are not smooth everywhere")
            own = self._theta[network.offset : network.offset + network.model.size]
            found = growth_of(network.model, own)
            for place, name in enumerate(network.group.components):
                self._growth[name] = found, place
                inputs = system.problem.inputs
                self._places[name] = [inputs.index(s) for s in network.group.arguments]
            for place, axis in enumerate(network.group.arguments):
                self._breaks.setdefault(axis, set()).update(breaks_of(network.model, place))

    def values(self, misfit: Misfit, points: Array) -> Array:
        """Values of f at points of all inputs, shape (n, inputs): (n,)."""
        given = torch.from_numpy(points).to(self._theta)
        found: Array = self._evaluator.derivative(self._theta, misfit.expression, given).numpy()
        return found

    def elements(self, misfit: Misfit, axis: int) -> list[float]:
        """Both ends of the interval of an input, and between them those of the elements of u_h."""
        (low, high), symbol = list(misfit.box.values())[axis], list(misfit.box)[axis]
        return [low, *sorted(self._breaks[symbol]), high]

    def is_analytic(self, misfit: Misfit) -> bool:
        """Whether u_h is known to be analytic on each element, and the coefficients everywhere."""
        terms = self.majorants(misfit, None, 1.0)
        return terms is not None and bool(np.all(np.isfinite(terms[:-1])))

    def majorants(self, misfit: Misfit, axis: int | None, rho: float) -> list[float] | None:
        """For each term of f, and g last, at least its sup where one input is complex.

        Args:
            misfit: f.
            axis: place of the input that lies in the ellipse of ρ around an element; None for
                real inputs.
            rho: the parameter of the ellipse.

        Returns:
            Infinity where a term is not known to be analytic; None where u_h is not.
        """
        inputs = tuple(misfit.box)
        symbol = None if axis is None else inputs[axis]
        wide = rho if axis is None else around(self.elements(misfit, axis), rho)
        rhos = [rho if i == axis else 1.0 for i in range(len(inputs))]
        found = []
        for u in dict.fromkeys(u for u, _ in misfit.terms):
            growth, place = self._growth[u.func.__name__]
            if growth is None:
                return None
            own = {alpha: a for (v, alpha), a in misfit.terms.items() if v == u}
            indices = [self._of_field(u, alpha) for alpha in own]
            sizes = growth.majorants(indices, self._of_field(u, rhos))[:, place]
            for size, a in zip(sizes, own.values(), strict=True):
                found.append(float(size) * largest_on(a, misfit.box, symbol, wide))
        return [*found, largest_on(misfit.known, misfit.box, symbol, wide)]

    def rounding(self, misfit: Misfit, points: Array) -> float:
        """What rounding may be in the values of f at points, to first order.

        Zero where the size of the terms of u_h is not known.
        """
        if not self.is_analytic(misfit):
            return 0.0
        known = dict(zip(misfit.box, points.T, strict=True))
        scale = float(np.max(evaluate_with_scale(misfit.known, known)[1]))
        total = _KNOWN_UNITS * scale
        for (u, alpha), a in misfit.terms.items():
            growth, place = self._growth[u.func.__name__]
            if growth is not None:
                terms = float(growth.scales([self._of_field(u, alpha)])[0, place])
                total += growth.units * terms * largest_on(a, misfit.box, None, 1.0)
        return float(np.finfo(np.float64).eps) * total

    def _of_field(self, u: AppliedUndef, values: Sequence[_T]) -> tuple[_T, ...]:
        """Values of all inputs in the order of the arguments of a field."""
        return tuple(values[i] for i in self._places[u.func.__name__])
