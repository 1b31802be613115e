"""Expressions of the syntax tree to sympy values: names, arithmetic, conditions, components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Note, Span, reject
from pdedsl.ir import Domain, NotNumericError, evaluate, normal
from pdedsl.syntax import ast, format_expression

from . import limits, mends
from .calls import CALLS, apply_definition, call_builtin, choice
from .evaluation import evaluate_at
from .files.columns import column
from .names.derivatives import split_derivative
from .names.foreign import called
from .names.functions import ARGUMENTS
from .scope import BUILT_IN, NUMBERS, Entry, Scope
from .units.stated import quantity
from .values import (
    Value,
    collapse,
    components,
    describe,
    is_condition,
    is_vector,
    map_components,
    without_ite,
)

WITH_SYMBOL = frozenset(
    ["a parameter", "a parameter with a range", "an unknown number", "the time"]
)
COMPARISONS = {"<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "!=": sp.Ne}


@dataclass(frozen=True)
class Elaborator:
    """Evaluates expressions in a scope.

    Args:
        scope: the declared names.
        bound: names bound here alone: formals of an operator or function, a sum's index.
        depth: how many definitions deep this evaluation is.
        intervals: variables of the integrals around this expression, each with its ends.
    """

    scope: Scope
    bound: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0
    intervals: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]] = field(default_factory=dict)

    # --- entry points ------------------------------------------------------------------

    def value(self, node: ast.Expr) -> Value:
        """Value of any expression that is no set."""
        method = getattr(self, "_" + type(node).__name__.lower())
        return limits.check(method(node), node.span, self.scope)

    def scalar(self, node: ast.Expr) -> sp.Expr:
        """Value of an expression that must be a number.

        Raises:
            Rejected: E302 for a vector, E306 for a condition.
        """
        value = self.value(node)
        if is_condition(value):
            raise reject("E306", "a number is needed here, this is a condition", node.span)
        if is_vector(value):
            message = f"a number is needed here, this is {describe(value)}"
            raise reject("E302", message, node.span)
        return value

    def condition(self, node: ast.Expr) -> sp.Basic:
        """Value of an expression that must be true or false (E306 otherwise)."""
        value = self.value(node)
        if not is_condition(value):
            message = f"a condition such as y >= 0 is needed here, this is {describe(value)}"
            raise reject("E306", message, node.span)
        return value

    def quantity(self, node: ast.Expr) -> Value:
        """Value of an expression that must be a number, vector or matrix."""
        value = self.value(node)
        if is_condition(value):
            raise reject("E306", "a number or vector is needed here, not a condition", node.span)
        return value

    def constant(self, node: ast.Expr, what: str, mend: str | None = None) -> sp.Expr:
        """Value of an expression of numbers and parameters alone (E304 otherwise)."""
        value = self.scalar(node)
        self.check_constant(value, node.span, what, mend)
        return value

    def check_constant(
        self, value: sp.Expr, span: Span, what: str, mend: str | None = None
    ) -> float:
        """Floating-point value of what must be of numbers and parameters alone (E304, E305)."""
        strange = value.free_symbols - self.scope.parameter_values().keys()
        strange |= value.atoms(AppliedUndef)
        if strange:
            names = sorted(str(s) for s in strange)
            message = f"{what} must be constant, but depends on {', '.join(names)}"
            raise reject("E304", message, span, mend)
        return self.float_of(value, span)

    def number(self, node: ast.Expr, what: str) -> float:
        """Floating-point value of a constant expression (E304, E305)."""
        return self.float_of(self.constant(node, what), node.span)

    def float_of(self, value: sp.Expr, span: Span) -> float:
        """Floating-point value with parameters replaced (E305 where it has none)."""
        try:
            result = float(evaluate(value.xreplace(self.scope.parameter_values())))
        except NotNumericError:
            raise reject("E305", "this has no value as a real number", span) from None
        if result != result:
            raise reject("E305", "this has no value as a real number", span)
        if abs(result) == float("inf"):
            raise reject("E305", "this has no finite value", span)
        return result

    def _text(self, node: ast.Text) -> Value:
        message = "text in quotes names a file, and no number"
        raise reject("E301", message, node.span, 'only sets have files: mesh("part.stl")')

    # --- names -------------------------------------------------------------------------

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.bound:
            return self.bound[node.id]
        entry = self.scope.get(node.id)
        if entry is not None:
            return self._entry_value(node, entry)
        if node.id in BUILT_IN or node.id in ARGUMENTS:
            return self._built_in(node)
        return self._derivative_name(node)

    def _entry_value(self, node: ast.Name, entry: Entry) -> Value:
        if entry.role in WITH_SYMBOL:
            return entry.value.symbol
        if entry.role in ("a coordinate", "a vector of coordinates", "a name"):
            return entry.value
        if entry.role == "an unknown function":
            return collapse(entry.value.components)
        if entry.role == "a vector of parameters":
            return entry.value.symbols
        note = Note(f"{node.id} is declared here", entry.span)
        message = f"{node.id} is {entry.role}, not a number or vector"
        raise reject("E204", message, node.span, mends.use(node.id, entry), (note,))

    def _built_in(self, node: ast.Name) -> Value:
        if node.id == "pi":
            return sp.pi
        if node.id == "n":
            return collapse(tuple(normal(i + 1) for i in range(len(self.axes(node.span)))))
        message = f"{node.id} is built in and is not a number"
        mend = f"write {node.id}({ARGUMENTS.get(node.id, '…')})"
        if node.id in ARGUMENTS:
            mend += f", or declare it: param {node.id} = 1"
        raise reject("E204", message, node.span, mend)

    def _derivative_name(self, node: ast.Name) -> Value:
        fields = self.scope.fields() | set(self.bound)
        reading = split_derivative(node.id, fields, self.scope.coordinates())
        if reading is None:
            raise self.scope.unknown(node, tuple(self.bound), arguments=0)
        base, suffix = reading
        value = self._name(ast.Name(base, span=node.span))
        for letter in suffix:
            symbol = self.symbol(letter)
            self.check_dependence(value, symbol, node.span, base)
            value = limits.derivative(value, symbol, node.span)
        return value

    def symbol(self, name: str) -> sp.Symbol:
        """Symbol of a coordinate, of time, or of a parameter with a range."""
        entry = self.scope.get(name)
        assert entry is not None
        return entry.value if isinstance(entry.value, sp.Symbol) else entry.value.symbol

    def check_dependence(self, value: Value, symbol: sp.Symbol, span: Span, what: str) -> None:
        """Refuse the derivative of a field in a coordinate that it does not depend on (E308)."""
        if isinstance(value, AppliedUndef) and symbol not in value.free_symbols:
            has = ", ".join(str(a) for a in value.args)
            message = f"{what} depends on {has}, so its derivative in {symbol} is zero"
            mend = f"declare it as {what}({has}, {symbol})" if what.isidentifier() else None
            raise reject("E308", message, span, mend)

    # --- arithmetic --------------------------------------------------------------------

    def _number(self, node: ast.Number) -> Value:
        mantissa, _, exponent = node.text.lower().partition("e")
        if len(mantissa) > 40 or abs(int(exponent or 0)) > 40:
            return sp.Float(node.text, 17)
        return sp.Rational(node.text)

    def _quantity(self, node: ast.Quantity) -> Value:
        return quantity(self.scope, node)

    def _negative(self, node: ast.Negative) -> Value:
        return map_components(lambda c: -c, self.quantity(node.operand))

    def _chain(self, node: ast.Chain) -> Value:
        if node.level == "set":
            raise reject("E401", "a set stands where a number is needed", node.span)
        if node.level in ("and", "or"):
            parts = [self.condition(n) for n in (node.first, *(n for _, n in node.rest))]
            return sp.And(*parts) if node.level == "and" else sp.Or(*parts)
        if node.level == "sum":
            return self._sum(node)
        return self._product(node)

    def _product(self, node: ast.Chain) -> Value:
        """Scalar factors are collected and multiplied once, which keeps long products linear."""
        mends.check_differentials(node, self.scope, self.bound)
        value = self.quantity(node.first)
        factors: list[sp.Expr] = []
        for op, term in node.rest:
            factor = self.quantity(term)
            if is_vector(factor) or is_vector(value) or (op == "/" and factor == 0):
                value = self._times("*", sp.Mul(*factors), value, node, term) if factors else value
                factors = []
                value = self._times(op, value, factor, node, term)
            else:
                factors.append(factor if op == "*" else sp.Pow(factor, -1))
        return value if not factors else sp.Mul(value, *factors)

    def _sum(self, node: ast.Chain) -> Value:
        first = self.quantity(node.first)
        terms = [first]
        for op, term in node.rest:
            value = self.quantity(term)
            if describe(value) != describe(first):
                raise mends.not_addable(op, first, node.first, value, term)
            terms.append(value if op == "+" else map_components(lambda c: -c, value))
        return map_components(sp.Add, *terms)

    def _times(self, op: str, left: Value, right: Value, node: ast.Chain, term: ast.Expr) -> Value:
        if op == "/":
            if is_vector(right):
                raise reject("E302", f"cannot divide by {describe(right)}", term.span)
            if right == 0:
                raise reject("E305", "this divides by zero", term.span)
            return map_components(lambda c: c / right, left)
        if is_vector(left) and is_vector(right):
            message = f"{describe(left)} times {describe(right)} can mean several things"
            factors = (node.first, term) if len(node.rest) == 1 else ()
            mend: str | None = mends.call("dot", factors) + ", or cross for the vector product"
            if is_vector(right[0]) and not is_vector(left[0]):
                mend = mends.along(left=node.first, right=term)
            raise reject("E302", message, node.span, mend)
        if is_vector(left):
            left, right = right, left
        return map_components(lambda c: left * c, right)

    def _power(self, node: ast.Power) -> Value:
        base, exponent = self.quantity(node.base), self.quantity(node.exponent)
        if is_vector(base):
            mend = mends.call("dot", (node.base, node.base)) + " for the square of its length"
            raise reject("E302", f"{describe(base)} has no power", node.span, mend)
        if is_vector(exponent):
            raise reject("E302", "an exponent must be a number", node.exponent.span)
        at = node.exponent.span
        return limits.power(base, exponent, node.span, at, self.scope.parameter_values())

    # --- conditions --------------------------------------------------------------------

    def _compare(self, node: ast.Compare) -> Value:
        left, right = self.scalar(node.left), self.scalar(node.right)
        compare = COMPARISONS[node.op]
        return limits.build_value(lambda: without_ite(compare(left, right)), node.span)

    def _conditional(self, node: ast.Conditional) -> Value:
        return choice(self, node.condition, node.value, node.otherwise, node.span)

    def _not(self, node: ast.Not) -> Value:
        return sp.Not(self.condition(node.operand))

    # --- vectors -----------------------------------------------------------------------

    def _tuple(self, node: ast.Tuple) -> Value:
        items = tuple(self.quantity(item) for item in node.items)
        for item, source in zip(items[1:], node.items[1:], strict=True):
            if describe(item) != describe(items[0]):
                shapes = f"the first is {describe(items[0])}, this is {describe(item)}"
                message = f"the components of a vector have one shape: {shapes}"
                raise reject("E301", message, source.span)
        return items

    def _list(self, node: ast.List) -> Value:
        mend = mends.call("", node.items) + " for a vector"
        raise reject("E401", "an interval stands where a number is needed", node.span, mend)

    def _index(self, node: ast.Index) -> Value:
        if isinstance(node.base, ast.Name):
            entry = self.scope.entries.get(node.base.id)
            if entry is not None and entry.role == "an operator":
                self.scope.used.add(node.base.id)
                return apply_definition(self, node, entry.value, node.indices, "operator")
            is_function = entry.role == "a function" if entry else node.base.id.lower() in CALLS
            if is_function:
                raise mends.square_brackets(node.base, entry, node.indices)
        value = self.quantity(node.base)
        for index in node.indices:
            value = self._component(value, index, node)
        return value

    def _component(self, value: Value, index: ast.Expr, node: ast.Index) -> Value:
        position = self.scalar(index)
        if not is_vector(value) and position == 1:
            return value  # in one dimension a vector is a number
        if not is_vector(value):
            message = "only vectors have components, this is a number"
            is_field = isinstance(node.base, ast.Name) and isinstance(value, AppliedUndef)
            mend = "declare it in R^2 for a vector of two components" if is_field else None
            raise reject("E303", message, node.base.span, mend)
        if not position.is_Integer or not 1 <= position <= len(value):
            message = f"{describe(value)} has no component {position}"
            mend = f"components are counted from 1 to {len(value)}"
            raise reject("E303", message, index.span, mend)
        return value[int(position) - 1]

    def _column(self, node: ast.Column) -> Value:
        entry = self.scope.get(node.table.id) if isinstance(node.table, ast.Name) else None
        if entry is None or entry.role != "a data table":
            message = "only a data table has columns"
            if isinstance(node.table, ast.Name) and entry is None:
                raise self.scope.unknown(node.table)
            raise reject("E204", message, node.span, mends.component(node, self.scope))
        return column(entry.value, node.name)

    # --- calls and definitions ---------------------------------------------------------

    def _call(self, node: ast.Call) -> Value:
        if not isinstance(node.function, ast.Name):
            raise mends.not_a_function(node)
        name = node.function.id
        if name in self.bound:
            raise self._not_callable(node, name)
        entry = self.scope.get(name)
        # A number d hides no derivative d(u, x), but gamma(x) of a number may mean a product.
        if entry is None or (name in CALLS and name in BUILT_IN and entry.role in NUMBERS):
            if name in CALLS:
                return call_builtin(self, name, node)
            if name == "pi":
                raise self._not_callable(node, name)
            if name in BUILT_IN:
                raise reject("E401", f"{name}(…) is a set, not a number", node.span)
            return self._called_derivative(node)
        if entry.role == "a function":
            return apply_definition(self, node, entry.value, node.arguments, "function")
        if entry.role == "an unknown function":
            return evaluate_at(self, node, collapse(entry.value.components))
        if entry.role == "an operator":
            message = f"the argument of the operator {name} stands in square brackets"
            raise reject("E204", message, node.span, mends.call(name, node.arguments, "[]"))
        raise self._not_callable(node, name)

    def _called_derivative(self, node: ast.Call) -> Value:
        assert isinstance(node.function, ast.Name)
        fields = self.scope.fields()
        if split_derivative(node.function.id, fields, self.scope.coordinates()) is None:
            texts = [format_expression(a) for a in node.arguments if isinstance(a, ast.Expr)]
            meant = called(node.function.id, texts, self.scope.coordinates())
            count = len(node.arguments)
            raise self.scope.unknown(
                node.function, tuple(CALLS), otherwise=meant, arguments=count or None
            )
        return evaluate_at(self, node, self._derivative_name(node.function))

    def _not_callable(self, node: ast.Call, name: str) -> Exception:
        message = f"{name} is not a function, and a product needs its sign"
        return reject("E204", message, node.function.span.to(node.span), mends.product(node))

    # --- coordinates -------------------------------------------------------------------

    def axes(self, span: Span, *values: Value) -> tuple[sp.Symbol, ...]:
        """Space coordinates for a vector operation on the values.

        Raises:
            Rejected: E308 where there is no space domain, or where the domains have
                different coordinates and the values do not tell which is meant.
        """
        domains: list[Domain] = list(self.scope.role("a domain").values())
        choices = dict.fromkeys(d.coordinates for d in domains)
        if len(choices) > 1:
            symbols = {s for v in values for c in components(v) for s in c.free_symbols}
            choices = {axes: None for axes in choices if symbols & set(axes)}
        if len(choices) != 1:
            if not domains:
                self.scope.check_complete()
            reason = "there is no domain" if not domains else "its domain is not clear"
            mend = None if domains else "declare one, such as domain Omega: x in [0, 1]"
            raise reject("E308", f"a derivative in space cannot be taken: {reason}", span, mend)
        return next(iter(choices))
