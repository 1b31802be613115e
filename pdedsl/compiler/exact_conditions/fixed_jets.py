r"""Jets of functions of the inputs that are given as sympy expressions.

A channel of a jet is Σ_α w_α D^α f / α!: a Taylor coefficient, or a collapsed sum. The
derivatives are taken in symbols, and one generated function gives all channels at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.lowering.helpers import NAMESPACE
from pdedsl.compiler.lowering.names import Names
from pdedsl.compiler.lowering.torch_code import Code, generate
from pdedsl.ir import bounded_derivative, size
from pdedsl.models import JetTable
from pdedsl.models.bases.basis_jets import JetCache
from pdedsl.models.jets.multiindices import MultiIndex, factorial_of


class Derivatives:
    """D^α f in symbols, each taken once, from one of one order less."""

    def __init__(self, function: sp.Expr, arguments: tuple[sp.Symbol, ...]) -> None:
        self._arguments = arguments
        self._known: dict[MultiIndex, sp.Expr] = {(0,) * len(arguments): function}
        self._room = sys.maxsize

    def prepare(self, indices: Iterable[MultiIndex], room: int) -> None:
        """Take derivatives ahead, with at most ``room`` nodes in all.

        Raises:
            TooLargeError: they have more.
        """
        self._room = room
        try:
            for index in sorted(indices, key=sum):
                self(index)
        finally:
            self._room = sys.maxsize

    def __call__(self, index: MultiIndex) -> sp.Expr:
        """D^α f."""
        if index not in self._known:
            axis = next(i for i, order in enumerate(index) if order)
            below = self(tuple(order - (i == axis) for i, order in enumerate(index)))
            found = bounded_derivative(below, self._arguments[axis], 1, self._room)
            self._known[index] = found
            self._room -= size(found)
        return self._known[index]


class FixedJets:
    """Functions of the inputs without parameters, one for each output."""

    def __init__(self, arguments: tuple[sp.Symbol, ...], functions: Sequence[Derivatives]) -> None:
        names = Names(NAMESPACE)
        self._symbols = {s: sp.Symbol(names.new(s.name), real=True) for s in arguments}
        self._functions = tuple(functions)
        self._codes: dict[JetTable, Code] = {}
        self._jets = JetCache(lambda points, table: (self._fresh(points, table),))

    @property
    def values(self) -> tuple[tuple[sp.Symbol, ...], list[sp.Expr]]:
        """The inputs, and the functions in them."""
        return tuple(self._symbols), [f((0,) * len(self._symbols)) for f in self._functions]

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        return self._jets(points, table)[0]

    def _fresh(self, points: Tensor, table: JetTable) -> Tensor:
        if table not in self._codes:
            results = [e for row in table.taylor_rows() for e in self._channel(row)]
            names = [s.name for s in self._symbols.values()]
            self._codes[table] = generate("jet", names, results)
        values = torch.stack(self._codes[table].at(points.unbind(1), points))
        return values.unflatten(0, (-1, len(self._functions))).mT.contiguous()

    def _channel(self, row: dict[MultiIndex, float]) -> list[sp.Expr]:
        """Σ_α w_α D^α f / α! of every function."""
        weights = {alpha: sp.Rational(w) / factorial_of(alpha) for alpha, w in row.items()}
        return [
            sp.Add(*(w * f(alpha) for alpha, w in weights.items())).xreplace(self._symbols)
            for f in self._functions
        ]
