"""Units of expressions: of products and powers, sums of one unit, functions of pure numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from pdedsl.ir import DomainIntegral, is_normal

from .degrees import PURE, Degree, Units

_OF_ANY = (sp.sign, sp.Heaviside)
_OF_ONE = (sp.Abs, sp.Max, sp.Min, sp.Mod, sp.floor)
_Name = Callable[[str], Degree]


class Mismatch(Exception):
    """Two terms of different units.

    Args:
        terms: both, as they stand in the sum or on both sides; the second None for the argument of
            a function that takes numbers.
        degrees: their units.
    """

    def __init__(
        self, terms: tuple[sp.Basic, sp.Basic | None], degrees: tuple[Degree, Degree]
    ) -> None:
        super().__init__()
        self.terms, self.degrees = terms, degrees


class Reader:
    """Units of expressions, with what is asked of the units of names in them.

    Args:
        units: of names, which grow.
        of_name: unit of a symbol, of a component of a field, or of a column.
        arguments: name of a component or column to the coordinates that it depends on.
    """

    def __init__(
        self, units: Units, of_name: _Name, arguments: Mapping[str, tuple[sp.Basic, ...]]
    ) -> None:
        self.units, self._of_name, self._arguments = units, of_name, arguments
        self._seen: dict[sp.Basic, Degree | None] = {}

    def degree(self, expression: sp.Basic) -> Degree | None:
        """The unit of an expression; None for 0, which has any.

        Raises:
            Mismatch: it adds or compares what has different units.
        """
        if expression not in self._seen:
            self._seen[expression] = self._degree(expression)
        return self._seen[expression]

    def _degree(self, expression: sp.Basic) -> Degree | None:
        if expression == 0:
            return None
        if isinstance(expression, sp.Symbol):
            return PURE if is_normal(expression) else self._of_name(expression.name)
        if isinstance(expression, AppliedUndef):
            return self._field(expression)
        if isinstance(expression, sp.Mul):
            return self._product(expression.args)
        if isinstance(expression, sp.Pow):
            return self._power(expression)
        if isinstance(expression, sp.Add):
            return self.common(expression.args)
        if isinstance(expression, (sp.Derivative, sp.Integral, DomainIntegral, sp.Subs)):
            return self._calculus(expression)
        return self._function(expression)

    def common(self, terms: Sequence[sp.Basic]) -> Degree | None:
        """The one unit of several terms.

        Raises:
            Mismatch: there is none.
        """
        first: tuple[sp.Basic, Degree] | None = None
        # Terms whose units are known come first, so that they are what others are compared with.
        for term in sorted(terms, key=self._is_open):
            degree = self.degree(term)
            if degree is None:
                continue
            if first is None:
                first = term, degree
            elif not self.units.equal(first[1], degree):
                both = self.units.reduced(first[1]), self.units.reduced(degree)
                raise Mismatch((first[0], term), both)
        return None if first is None else first[1]

    def _is_open(self, term: sp.Basic) -> tuple[bool, bool]:
        """Whether the unit of a term is not known, or it is a number without one."""
        degree = self.degree(term)
        open_names = degree is not None and bool(self.units.reduced(degree).names)
        return open_names, not term.free_symbols and not term.atoms(AppliedUndef)

    def pure(self, expression: sp.Basic) -> None:
        """Ask that an expression is a number.

        Raises:
            Mismatch: it has a unit.
        """
        degree = self.degree(expression)
        if degree is not None and not self.units.equal(degree, PURE):
            raise Mismatch((expression, None), (self.units.reduced(degree), PURE))

    def _field(self, field: AppliedUndef) -> Degree:
        """The unit of a field, a column or a component, at coordinates or at another point."""
        name = str(field.func)
        for own, given in zip(self._arguments.get(name, ()), field.args, strict=False):
            if given != own:
                self.common([own, given])
        return self._of_name(name)

    def _product(self, factors: Sequence[sp.Basic]) -> Degree | None:
        found = PURE
        for factor in factors:
            degree = self.degree(factor)
            if degree is None:
                return None
            found = found * degree
        return found

    def _power(self, power: sp.Pow) -> Degree | None:
        self.pure(power.exp)
        if power.exp.is_Rational:
            base = self.degree(power.base)
            return base and base ** Fraction(int(power.exp.p), int(power.exp.q))
        self.pure(power.base)
        return PURE

    def _calculus(self, expression: sp.Basic) -> Degree | None:
        """Derivatives, integrals, and values at other points."""
        found = self.degree(expression.args[0])
        if isinstance(expression, sp.Derivative):
            for symbol, count in expression.variable_count:
                found = found and found / self._of_name(symbol.name) ** int(count)
        elif isinstance(expression, sp.Subs):
            for symbol, value in zip(expression.variables, expression.point, strict=True):
                self.common([symbol, value])
        elif isinstance(expression, DomainIntegral):
            for symbol in expression.args[2].args:
                found = found and found * self._of_name(symbol.name)
        elif isinstance(expression, sp.Integral):
            for symbol, *ends in expression.limits:
                self.common([symbol, *ends])
                found = found and found * self._of_name(symbol.name)
        return found

    def _function(self, expression: sp.Basic) -> Degree | None:
        if isinstance(expression, sp.Piecewise):
            for _, condition in expression.args:
                self.condition(condition)
            return self.common([value for value, _ in expression.args])
        if isinstance(expression, _OF_ONE):
            return self.common(expression.args)
        if isinstance(expression, sp.atan2):
            self.common(expression.args)
            return PURE
        for argument in expression.args:
            if isinstance(expression, _OF_ANY):
                self.degree(argument)
            elif isinstance(argument, sp.Expr):
                self.pure(argument)
        return PURE

    def condition(self, condition: sp.Basic) -> None:
        """Ask that both sides of comparisons have one unit.

        Raises:
            Mismatch: they have not.
        """
        for part in sorted(condition.atoms(Relational), key=sp.default_sort_key):
            self.common(part.args)
