"""sympy expressions to the source of one batched torch function.

The text is made of our own identifiers, torch functions and float constants alone: nothing
that a user wrote reaches `exec`. Common subexpressions are shared over all results. Integer
powers become products. Each case distinction evaluates its branches with `helpers.only`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue
from torch import Tensor

from pdedsl.ir import Special

from .constants import NotTranslatable, common_power, fold, value_of
from .helpers import NAMESPACE, const
from .names import Names

_FUNCTIONS: dict[Any, str] = {
    sp.sin: "torch.sin", sp.cos: "torch.cos", sp.tan: "torch.tan",
    sp.asin: "torch.asin", sp.acos: "torch.acos", sp.atan: "torch.atan",
    sp.sinh: "torch.sinh", sp.cosh: "torch.cosh", sp.tanh: "torch.tanh",
    sp.exp: "torch.exp", sp.log: "torch.log", sp.Abs: "torch.abs",
    sp.sign: "torch.sign", sp.erf: "torch.erf",
}  # fmt: skip
_RELATIONS: dict[Any, str] = {
    sp.StrictGreaterThan: ">", sp.GreaterThan: ">=", sp.StrictLessThan: "<",
    sp.LessThan: "<=", sp.Equality: "==", sp.Unequality: "!=",
}  # fmt: skip
_SUM, _PRODUCT, _SIGN, _ATOM = range(4)


@dataclass(frozen=True)
class Code:
    """A generated function: its text, and the function compiled from it."""

    text: str
    function: Callable[..., tuple[Any, ...]]

    def at(self, values: Iterable[Any], points: Tensor) -> list[Tensor]:
        """Its results, (n,) each, for values of its inputs at points of shape (n, …)."""
        results = self.function(*values)
        return [
            (r if isinstance(r, Tensor) else const(r, points)).expand(len(points)) for r in results
        ]


def generate(
    name: str, inputs: Sequence[str], results: Sequence[sp.Basic],
    active: Iterable[str] = (), notes: Iterable[str] = (),
) -> Code:  # fmt: skip
    """Write and compile ``def name(inputs): return (results)``.

    Args:
        name: identifier of the function.
        inputs: identifiers of its arguments; the free symbols of the results bear these names.
        results: scalar expressions or conditions.
        active: inputs that derivatives are taken of, those of the model.
        notes: comments, made of identifiers and numbers.

    Raises:
        NotTranslatable: something in a result has no counterpart.
    """
    writer = _Writer(inputs, frozenset(active))
    values = writer.write(results)
    tail = ", ".join(values) + ("," if len(values) == 1 else "")
    head = [f"def {name}({', '.join(inputs)}):", *(f"    # {note}" for note in notes)]
    lines = [*head, *writer.lines, f"    return ({tail})"]
    text = "\n".join(lines) + "\n"
    # torch imports itself in the caller's name at its first operation in a process.
    space: dict[str, Any] = {"__builtins__": {"__import__": __import__}, **NAMESPACE}
    exec(compile(text, f"<{name}>", "exec"), space)
    return Code(text, space[name])


class _Writer:
    """Writes assignments to ``lines`` and hands back the text of values."""

    def __init__(self, inputs: Sequence[str], active: frozenset[str]) -> None:
        self.names = Names([*NAMESPACE, *inputs])
        self.like = inputs[0] if inputs else ""
        self.active = active
        self.lines: list[str] = []

    def write(self, results: Sequence[sp.Basic]) -> list[str]:
        """Texts of several values, common parts assigned once."""
        plain = [self._within_range(self._without_cases(fold(r))) for r in results]
        fresh = (sp.Symbol(self.names.new(f"c{i}"), real=True) for i in count(1))
        shared, reduced = sp.cse(plain, symbols=fresh, order="canonical")
        for symbol, value in shared:
            self._assign(symbol.name, self.text(value))
        return [self.text(r) for r in reduced]

    def _assign(self, name: str, value: str) -> None:
        self.lines.append(f"    {name} = {value}")

    def _temporary(self, value: str) -> str:
        name = self.names.new("s1")
        self._assign(name, value)
        return name

    def _within_range(self, e: sp.Basic) -> sp.Basic:
        """Replace what is raised to a power with a factor beyond double precision by a name."""
        if not e.args:
            return e
        if isinstance(e, sp.Mul) and (found := common_power(e)) is not None:
            others, base, power = found
            inner = self._temporary(self.text(base))
            return self._within_range(others) * sp.Symbol(inner, real=True) ** power
        parts = [self._within_range(a) for a in e.args]
        return e.func(*parts) if parts != list(e.args) else e

    # Case distinctions.

    def _without_cases(self, e: sp.Basic) -> sp.Basic:
        """Replace the outermost case distinctions by names already assigned."""
        if not e.has(sp.Piecewise):
            return e
        if isinstance(e, sp.Piecewise):
            return self._cases(e)
        return e.func(*[self._without_cases(a) for a in e.args])

    def _cases(self, e: sp.Piecewise) -> sp.Symbol:
        left = ""
        chain: list[tuple[str, str]] = []
        for value, condition in e.args:
            mask = "" if condition == sp.true else self._temporary(*self.write([condition]))
            here = " & ".join(m for m in (mask, left) if m)
            here = self._temporary(here) if mask and left else here
            chain.append((mask, self._branch(value, here)))
            if mask:
                left = self._temporary(f"~{mask}" + (f" & {left}" if left else ""))
        text = chain[-1][1]
        if chain[-1][0]:  # No branch is meant for all other points.
            text = f"torch.where({chain[-1][0]}, {text}, const(torch.nan, {self.like}))"
        for mask, value in reversed(chain[:-1]):
            text = f"torch.where({mask}, {value}, {text})"
        name = self.names.new("case")
        self._assign(name, text)
        return sp.Symbol(name, real=True)

    def _branch(self, value: sp.Expr, mask: str) -> str:
        guarded = {}
        for symbol in sorted(value.free_symbols, key=lambda s: s.name):
            if symbol.name in self.active and mask:
                inner = self._temporary(f"only({mask}, {symbol.name})")
                guarded[symbol] = sp.Symbol(inner, real=True)
        outer, self.active = self.active, self.active | {s.name for s in guarded.values()}
        text = self.write([value.xreplace(guarded)])[0]
        self.active = outer
        return f"const({text}, {self.like})" if _is_number(text) else text

    # Expressions.

    def text(self, e: sp.Basic, level: int = _SUM) -> str:
        """Text of an expression, bracketed where its own level is below ``level``."""
        text, own = self._text(e)
        return f"({text})" if own < level else text

    def _text(self, e: sp.Basic) -> tuple[str, int]:
        if isinstance(e, sp.Symbol):
            return e.name, _ATOM
        if isinstance(e, BooleanTrue | BooleanFalse):
            return f"const({float(bool(e))!r}, {self.like}) > 0.5", _SUM
        if e.is_number:
            return _number(e)
        if isinstance(e, sp.Add):
            return self._sum(e), _SUM
        if isinstance(e, sp.Mul):
            return self._product(e)
        if isinstance(e, sp.Pow):
            return self._power(e.base, e.exp)
        if isinstance(e, Boolean):
            return self._condition(e), _SUM
        return self._call(e), _ATOM

    def _sum(self, e: sp.Add) -> str:
        return " + ".join(map(self.text, e.as_ordered_terms())).replace(" + -", " - ")

    def _product(self, e: sp.Mul) -> tuple[str, int]:
        above: list[str] = []
        below: list[str] = []
        coefficient, rest = e.as_coeff_Mul()
        for factor in sp.Mul.make_args(rest):
            base, exponent = factor.as_base_exp() if factor.is_Pow else (factor, sp.S.One)
            if exponent.is_Rational and exponent.is_negative:
                below.append(self.text(sp.Pow(base, -exponent), _SIGN))
            else:
                above.append(self.text(factor, _SIGN))
        sign = "-" if coefficient.is_negative else ""
        size = abs(float(coefficient))
        if size != 1.0 or not above:
            above.insert(0, repr(size))
        text = sign + "*".join(above)
        if below:
            divisor = "*".join(below)
            text += f"/({divisor})" if "*" in divisor else f"/{divisor}"
        return text, _PRODUCT

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> tuple[str, int]:
        if base == sp.E:
            return f"torch.exp({self.text(exponent)})", _ATOM
        if not exponent.is_Rational or (2 * exponent).q != 1:
            return f"torch.pow({self.text(base)}, {self.text(exponent)})", _ATOM
        if exponent.is_negative:
            text, level = self._power(base, -exponent)
            return "1.0/" + (text if level == _ATOM else f"({text})"), _PRODUCT
        if exponent == sp.Rational(1, 2):
            return f"torch.sqrt({self.text(base)})", _ATOM
        atom = self.text(base) if base.is_Symbol else self._temporary(self.text(base))
        factors = list(self._factors(atom, int(exponent)))
        if exponent.q == 2:
            factors.append(f"torch.sqrt({atom})")
        return "*".join(factors), _PRODUCT if len(factors) > 1 else _ATOM

    def _factors(self, atom: str, power: int) -> Iterator[str]:
        """Factors with product atom^power, by repeated squaring above the third power."""
        if power <= 3:
            yield from [atom] * power
            return
        if power % 2:
            yield atom
        square = self._temporary(f"{atom}*{atom}")
        yield from self._factors(square, power // 2)

    def _call(self, e: sp.Basic) -> str:
        if e.func in _FUNCTIONS:
            return f"{_FUNCTIONS[e.func]}({self.text(e.args[0])})"
        if isinstance(e, sp.Heaviside):
            return f"heaviside({self.text(e.args[0])}, {float(e.args[1])!r})"
        if isinstance(e, sp.atan2):
            return f"atan2({self.text(e.args[0])}, {self.text(e.args[1])})"
        if isinstance(e, Special):
            *order, x = e.args
            numbers = "".join(f", {value_of(n)!r}" for n in order)
            return f'special("{e.func.__name__}"{numbers}, {self.text(x)})'
        if isinstance(e, sp.Max | sp.Min):
            name = "maximum" if isinstance(e, sp.Max) else "minimum"
            parts = sorted(e.args, key=sp.default_sort_key)
            text = self.text(parts[-1])
            for part in reversed(parts[:-1]):
                text = f"{name}({self.text(part)}, {text})"
            return text
        raise NotTranslatable(f"{e.func.__name__}(…) has no numerical form")

    def _condition(self, e: Boolean) -> str:
        if isinstance(e, sp.And | sp.Or):
            sign = " & " if isinstance(e, sp.And) else " | "
            parts = sorted(e.args, key=sp.default_sort_key)
            return sign.join(f"({self.text(a)})" for a in parts)
        if isinstance(e, sp.Not):
            return f"~({self.text(e.args[0])})"
        if e.func in _RELATIONS:
            return f"{self.text(e.lhs)} {_RELATIONS[e.func]} {self.text(e.rhs)}"
        raise NotTranslatable(f"the condition {e.func.__name__} has no numerical form")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(e: sp.Basic) -> tuple[str, int]:
    text = repr(value_of(e))
    return text, _PRODUCT if text.startswith("-") else _ATOM
