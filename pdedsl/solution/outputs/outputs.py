"""The outputs of a problem, computed from a solution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from pdedsl.calculus.features.marks import narrow_places
from pdedsl.geometry import FloatBox
from pdedsl.geometry.adaptive import Marks, integrate
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Functional, Problem
from pdedsl.solution.check_rule import check_points
from pdedsl.solution.known import exact_fields, exact_numbers

from .extremes import largest
from .pieces import Piece, of_boxes, pieces
from .pointwise import ExactFields, Fields, Function, NormalFunction, function_of
from .shape_integrals import shape_integral
from .shape_pieces import ShapePiece, shape_pieces

NOTABLE = 1e-9
"""Error of a quadrature, relative to the value, from which on it is told."""


@dataclass(frozen=True)
class OutputValue:
    """The value of an output.

    Args:
        value: the number; NaN where it has none.
        at: for a largest or smallest value alone, the coordinates where it is taken.
        quadrature: an estimate of the error of the integrals in it.
        exact: that of the known solution, where all of it is known.
    """

    value: float
    at: Mapping[str, float] | None = None
    quadrature: float = 0.0
    exact: float | None = None

    @property
    def data(self) -> dict[str, Any]:
        """As plain data: ``value``, and what else there is of the keys below."""
        out: dict[str, Any] = {"value": self.value}
        if self.at is not None:
            out["at"] = dict(self.at)
        if self.quadrature > NOTABLE * abs(self.value):
            out["quadrature_error"] = self.quadrature
        if self.exact is not None:
            out |= {"exact": self.exact, "error": abs(self.value - self.exact)}
        return out


def output_values(
    problem: Problem, fields: Fields, numbers: Mapping[str, float]
) -> dict[str, OutputValue]:
    """Value of each output of a problem, with the exact one where the solution is known.

    Args:
        problem: declares the outputs.
        fields: of the solution.
        numbers: values of the unknown numbers, by name.
    """
    if not problem.outputs:
        return {}
    values = {n.symbol: numbers[n.symbol.name] for n in problem.numbers}
    found = _Evaluation(problem, fields, values).outputs()
    exact = _exact_values(problem)
    return {name: replace(value, exact=exact.get(name)) for name, value in found.items()}


def _exact_values(problem: Problem) -> dict[str, float]:
    known, numbers = exact_fields(problem), exact_numbers(problem)
    if len(known) < len(problem.components) or len(numbers) < len(problem.numbers):
        return {}
    found = _Evaluation(problem, ExactFields(problem), dict(numbers)).outputs()
    return {name: entry.value for name, entry in found.items() if math.isfinite(entry.value)}


@dataclass
class _Evaluation:
    """Evaluates functionals, each once."""

    problem: Problem
    fields: Fields
    numbers: dict[sp.Symbol, float]
    errors: dict[sp.Symbol, float] = field(default_factory=dict)
    places: dict[sp.Symbol, dict[str, float]] = field(default_factory=dict)

    def outputs(self) -> dict[str, OutputValue]:
        found = {}
        for own in self.problem.outputs:
            for functional in own.functionals:
                if functional.symbol not in self.numbers:
                    self.numbers[functional.symbol] = self._value(functional)
            value = self._number(own.expression)
            at = self.places.get(own.expression) if own.expression.is_Symbol else None
            found[own.name] = OutputValue(value, at, self._error(own.expression))
        return found

    def _number(self, expression: sp.Expr) -> float:
        """Value of an expression of functionals, parameters and unknown numbers; NaN for none."""
        put = {
            s: sp.Float(self.numbers[s], 17) for s in expression.free_symbols & self.numbers.keys()
        }
        value = sp.N(self.problem.substitute(expression).xreplace(put), 17)
        return float(value) if value.is_real else float("nan")

    def _error(self, expression: sp.Expr) -> float:
        """Σ |∂J/∂s| times the error of the integral s."""
        terms = (
            abs(self._number(sp.diff(expression, symbol))) * error
            for symbol, error in self.errors.items()
            if error and symbol in expression.free_symbols
        )
        return sum(terms)

    def _value(self, functional: Functional) -> float:
        if functional.kind == "value":
            point = check_points(self.problem, dense=False)[:1]
            return float(self._function(functional.integrand, None)(point)[0])
        if functional.kind == "integral":
            return self._integral(functional)
        return self._extreme(functional)

    def _function(self, expression: sp.Expr, normal: Array | None) -> NormalFunction:
        return function_of(self.problem, self.fields, expression, normal, self.numbers)

    def _integral(self, functional: Functional) -> float:
        total = error = 0.0
        if not of_boxes(self.problem, functional.place):
            at = self._function(functional.integrand, None)
            total, self.errors[functional.symbol] = shape_integral(
                self.problem, functional.place, at
            )
            return total
        for piece in pieces(self.problem, functional.place):
            marks = _marks(piece, functional.integrand)
            at = self._function(functional.integrand, piece.normal)
            value, own = integrate(_on_piece(piece, at), piece.box, marks)
            total, error = total + value, error + own
        self.errors[functional.symbol] = error
        return total

    def _extreme_on_shape(
        self, functional: Functional, sign: float, free: list[sp.Symbol]
    ) -> float:
        at, best = self._function(sign * functional.integrand, None), -math.inf
        for piece in shape_pieces(self.problem, functional.place, free):
            value, place = largest(_on_shape(piece, at), piece.box)
            if value > best:
                best = value
                self.places[functional.symbol] = piece.coordinates(place)
        return sign * best if math.isfinite(best) else float("nan")

    def _extreme(self, functional: Functional) -> float:
        sign = 1.0 if functional.kind == "max" else -1.0
        free = [s for s in self.problem.inputs if s in functional.integrand.free_symbols]
        best = -math.inf
        if not of_boxes(self.problem, functional.place):
            return self._extreme_on_shape(functional, sign, free)
        for whole in pieces(self.problem, functional.place, free):
            piece = _narrowed(whole, free)
            marks = _marks(piece, functional.integrand)
            at = self._function(sign * functional.integrand, piece.normal)
            value, place = largest(_on_piece(piece, at, math.nan), piece.box, marks)
            if value > best:
                best = value
                self.places[functional.symbol] = _coordinates(piece, place)
        return sign * best if math.isfinite(best) else float("nan")


def _marks(piece: Piece, integrand: sp.Expr) -> Marks:
    ends = zip(piece.box.lower, piece.box.upper, strict=True)
    free = dict(zip(piece.symbols, ends, strict=True))
    return narrow_places(piece.problem, [integrand], free, piece.fixed)


def _on_piece(piece: Piece, function: Function, elsewhere: float = 0.0) -> Function:
    """A function of places in the box of a piece, with another value where it has holes."""

    def on_box(places: Array) -> Array:
        points = piece.points(places)
        values = function(points)
        return np.where(piece.holds(points), values, elsewhere) if piece.hole[1] else values

    return on_box


def _on_shape(piece: ShapePiece, function: NormalFunction) -> Function:
    """A function of places in the box of a piece, NaN where they are no part of it."""

    def on_box(places: Array) -> Array:
        points, normals, holds = piece.points(places)
        return np.where(holds, function(points, normals), math.nan)

    return on_box


def _coordinates(piece: Piece, place: Array) -> dict[str, float]:
    """The inputs of a piece, varying or fixed, at a place of its box."""
    shown = {*piece.symbols, *piece.fixed}
    point = zip(piece.problem.inputs, piece.points(place[None])[0], strict=True)
    return {symbol.name: float(value) for symbol, value in point if symbol in shown}


def _narrowed(piece: Piece, free: list[sp.Symbol]) -> Piece:
    """The piece with only those inputs varying that a function depends on."""
    kept = [i for i, s in enumerate(piece.symbols) if s in free]
    lower, upper = (tuple(ends[i] for i in kept) for ends in (piece.box.lower, piece.box.upper))
    symbols = tuple(piece.symbols[i] for i in kept)
    return replace(piece, symbols=symbols, box=FloatBox(lower, upper))
