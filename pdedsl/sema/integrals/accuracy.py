r"""How many nodes a Gauss rule needs for an integrand, at samples of all else that it depends on.

The rule is compared with two composite rules of 20 nodes each: on equal panels, and on panels that
are narrow where the functions of the integrand are, wherever that is. What is not known, a field,
is replaced by a smooth function of the place in the interval.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.features.structure import Front, Peak, known_parts, landmarks
from pdedsl.diagnostics import Span
from pdedsl.geometry.arrays import Array
from pdedsl.ir import DomainIntegral, NotNumericError, evaluate, switches

from .panels import Indices, Mark, graded_panels, narrow_places, uniform_panels
from .samples import sampled

if TYPE_CHECKING:
    from pdedsl.sema.expressions import Elaborator

NODES = (20, 40, 80, 160)
"""The error of exp(8 s) on [0, 1] is 1e-16 of its size with 20 nodes, 1e-11 with 10."""

_SAMPLES, _SWITCHED = 27, 4096  # of the integral, and of the signs of its switches; choices
_PANEL = 20
_SAME = 1e-11  # of the integral of |f|: what is equal but for rounding
_ROUNDING = 1e-8  # the same where more nodes change nothing, as cancellation leaves no more
_SEEN = 1e-6  # the same on narrow panels, where (1 - cos(s))/s^2 is rounding alone
_SMALL = 1e-3  # of the largest integral of |f|: a sample whose own is smaller counts less
_MARKS = 24  # narrow functions that are followed; a choice
_INSIDE = 37  # places in the interval at which switches are looked at; a choice
_STAND_IN = 0.7316  # for a field: no number at which something special happens

Ends = tuple[sp.Expr, sp.Expr]

_FOUND: dict[Hashable, int | None] = {}
_KEPT = 256


@dataclass(frozen=True)
class Integrand:
    """What stands in an integral, and all that its other inputs may be.

    Args:
        expression: f, in which a dummy stands for every field.
        variable: s.
        ends: of the interval.
        fields: the dummies.
        elaborator: knows what is declared.
        span: of the integral.
    """

    expression: sp.Expr
    variable: sp.Symbol
    ends: Ends
    fields: frozenset[sp.Symbol]
    elaborator: Elaborator
    span: Span

    def on(self, ends: Ends) -> Integrand:
        """The same on another interval."""
        return Integrand(
            self.expression, self.variable, ends, self.fields, self.elaborator, self.span
        )

    @cached_property
    def known(self) -> dict[sp.Symbol, Array]:
        """The other inputs at the samples."""
        return self._sampled(_SAMPLES)

    @cached_property
    def interval(self) -> tuple[Array, Array]:
        """Both ends at the samples."""
        return self._interval(self.known, _SAMPLES)

    def nodes(self) -> int | None:
        """The least number of nodes with which the rule is right; None where no rule is.

        Where values are needed that nothing tells, the least of all. A law is read several times,
        so that what was found is kept.
        """
        key = self._key()
        if key not in _FOUND:
            if len(_FOUND) >= _KEPT:
                _FOUND.clear()
            _FOUND[key] = self._nodes()
        return _FOUND[key]

    def _key(self) -> Hashable:
        """The integrand with names of its own for what has another at each reading."""
        dummies = sorted(self.expression.atoms(sp.Dummy) - {self.variable}, key=sp.default_sort_key)
        names = {d: sp.Symbol(f"_{k}", real=True) for k, d in enumerate(dummies)}
        names[self.variable] = sp.Symbol("_s", real=True)
        ends = tuple(end.xreplace(names) for end in self.ends)
        known = sorted((str(names.get(x, x)), v.tobytes()) for x, v in self.known.items())
        return self.expression.xreplace(names), ends, tuple(known)

    def _nodes(self) -> int | None:
        try:
            with np.errstate(invalid="ignore"):
                plain, narrow, size = self._composite()
            # What has no value for the stand-in tells nothing of the field.
            told = np.isfinite(plain) & np.isfinite(narrow) & np.isfinite(size)
            plain, narrow, size = plain[told], narrow[told], size[told]
            misses = []
            for count in NODES:
                own = self._gauss(count)[told]
                wrong = np.any(np.abs(own - narrow) > _SEEN * size)
                left = np.abs(own - plain) / np.where(size > 0, size, 1.0)
                misses.append(math.inf if wrong else left.max(initial=0.0))
                if misses[-1] <= _SAME:
                    return count
        except (NotNumericError, TypeError):
            return NODES[0]
        rounding = (n for k, n in enumerate(NODES) if max(misses[k:]) <= _ROUNDING)
        return next(rounding, None)

    def is_rough_at_an_end(self) -> bool:
        """Whether a root or logarithm of s has its zero at an end, such as sqrt(t - s)."""
        for part in self.expression.atoms(sp.Pow, sp.log):
            base = part.args[0]
            smooth = isinstance(part, sp.Pow) and part.exp.is_Integer and part.exp >= 0
            if smooth or self.variable not in base.free_symbols:
                continue
            if any(base.xreplace({self.variable: end}).equals(0) for end in self.ends):
                return True
        return False

    def has_a_switch(self) -> bool:
        """Whether a case, a kink or a jump of what is known changes inside the interval."""
        own = [g for g in switches(self.expression) if self._moves(g)]
        if not own:
            return False
        try:
            known = self._sampled(_SWITCHED)
            low, high = self._interval(known, _SWITCHED)
            unit = np.sort(np.random.default_rng(0).uniform(0, 1, _INSIDE))
            table = {x: values[:, None] + 0 * unit for x, values in known.items()}
            table[self.variable] = low[:, None] + (high - low)[:, None] * unit
            for switch in own:
                positive = np.broadcast_to(evaluate(switch, table), (_SWITCHED, _INSIDE)) > 0
                if np.any(positive[:, 1:] != positive[:, :-1]):
                    return True
        except (NotNumericError, TypeError):
            return True
        return False

    def marks(self) -> list[Peak | Front]:
        """Where the known functions of the integrand may be narrow along the variable."""
        free = frozenset(self.expression.free_symbols - self.fields)
        parts = known_parts(self.expression, free)
        return [m for part in parts for m in landmarks(part) if self._moves(m.function)]

    def _moves(self, part: sp.Expr) -> bool:
        return self.variable in part.free_symbols and not part.free_symbols & self.fields

    def _sampled(self, count: int) -> dict[sp.Symbol, Array]:
        lower, upper = self.ends
        symbols = self.expression.free_symbols | lower.free_symbols | upper.free_symbols
        return sampled(self.elaborator, frozenset(symbols), self.span, count)

    def _interval(self, known: dict[sp.Symbol, Array], count: int) -> tuple[Array, Array]:
        low, high = (np.broadcast_to(evaluate(end, known), count) for end in self.ends)
        return low, high

    def _values(self, part: sp.Expr, which: Indices, unit: Array) -> Array:
        """A part at places of the interval [0, 1], (n,), each for the sample of its number."""
        low, high = (end[which] for end in self.interval)
        table: dict[sp.Basic, Array] = {x: values[which] for x, values in self.known.items()}
        table[self.variable] = low + (high - low) * unit
        stand_in = _STAND_IN * (1 + 0.3 * np.cos(2 * np.pi * unit))
        table |= dict.fromkeys(self.fields, stand_in)
        return np.broadcast_to(np.asarray(evaluate(part, table), dtype=float), unit.shape)

    def _gauss(self, count: int) -> Array:
        """The rule with so many nodes at all samples, over the length of the interval."""
        x, w = np.polynomial.legendre.leggauss(count)
        lines = np.repeat(np.arange(_SAMPLES), count)
        values = self._values(self.expression, lines, np.tile((x + 1) / 2, _SAMPLES))
        return np.asarray(values.reshape(_SAMPLES, count) @ w / 2)

    def _composite(self) -> tuple[Array, Array, Array]:
        """Both composite rules at all samples, and that of |f|."""
        every = uniform_panels()
        plain, size = self._panelled([every] * _SAMPLES)
        places = narrow_places(_SAMPLES, [self._followed(m) for m in self.marks()[:_MARKS]])
        narrow, larger = plain, size
        if any(places):
            narrow, larger = self._panelled([graded_panels(own) for own in places])
        size = np.fmax(size, larger)
        usual = size[np.isfinite(size)]
        return plain, narrow, np.maximum(size, _SMALL * usual.max(initial=0.0))

    def _followed(self, mark: Peak | Front) -> Mark:
        slow = partial(self._values, mark.function)
        if isinstance(mark, Peak):
            return Mark(slow, True, bool(mark.power))
        return Mark(slow, False, mark.sharp)

    def _panelled(self, edges: Sequence[Array]) -> tuple[Array, Array]:
        """The composite rule on the panels of each sample, and that of |f|."""
        x, w = np.polynomial.legendre.leggauss(_PANEL)
        length = [np.diff(own)[:, None] for own in edges]
        unit = [
            (own[:-1, None] + h * (x + 1) / 2).ravel() for own, h in zip(edges, length, strict=True)
        ]
        weights = np.concatenate([(h * w / 2).ravel() for h in length])
        starts = np.cumsum([0, *(len(own) for own in unit[:-1])])
        lines = np.repeat(np.arange(_SAMPLES), [len(own) for own in unit])
        values = self._values(self.expression, lines, np.concatenate(unit)) * weights
        return np.add.reduceat(values, starts), np.add.reduceat(np.abs(values), starts)


def integrand_of(
    elaborator: Elaborator, component: sp.Expr, variable: sp.Symbol, ends: Ends, span: Span
) -> Integrand:
    """A component of what is integrated."""
    nodes = (AppliedUndef, sp.Derivative, sp.Subs, DomainIntegral)
    unknown = {n for n in sp.preorder_traversal(component) if isinstance(n, nodes)}
    names = {node: sp.Dummy(real=True) for node in unknown}
    return Integrand(
        component.xreplace(names), variable, ends, frozenset(names.values()), elaborator, span
    )
