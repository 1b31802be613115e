"""Several eigenpairs of one problem: its laws once for each of them, under names of their own."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import sympy as sp
from sympy.core.function import AppliedUndef

from .problem import Field, Law, Periodicity, Problem, UnknownNumber, Written


def with_modes(problem: Problem, count: int) -> Problem:
    """The problem with further eigenpairs, the next ones to the guess.

    Mode k > 1 of the fields ``u`` and the number ``E`` is called ``u_k`` and ``E_k``, and its laws
    ``eq_k``; what is known of the solution, and the outputs, are those of the first.

    Args:
        problem: with one unknown number, which its laws determine without data.
        count: of the pairs, at least 1.
    """
    if count == 1:
        return problem
    numbers = tuple(replace(number, modes=count) for number in problem.numbers)
    problem = replace(problem, numbers=numbers)
    copies = [_Mode(problem, k) for k in range(2, count + 1)]
    return replace(
        problem,
        fields=(*problem.fields, *chain.from_iterable(copy.fields() for copy in copies)),
        numbers=(*problem.numbers, *chain.from_iterable(copy.numbers() for copy in copies)),
        laws=(*problem.laws, *(copy.law(law) for copy in copies for law in problem.laws)),
        periodicities=(
            *problem.periodicities,
            *chain.from_iterable(copy.periodicities() for copy in copies),
        ),
        written=_Written(problem, copies),
    )


def mode_name(name: str, mode: int) -> str:
    """``u_2`` for the second ``u``."""
    return name if mode == 1 else f"{name}_{mode}"


class _Mode:
    """The k-th copy of what a problem asks for."""

    def __init__(self, problem: Problem, k: int) -> None:
        self._problem, self._k = problem, k
        self._functions = {
            component.func: sp.Function(self._component_name(own, component), real=True)
            for own in problem.fields
            for component in own.components
        }
        self._symbols = {n.symbol: self._symbol(n) for n in problem.numbers}

    def _component_name(self, own: Field, component: AppliedUndef) -> str:
        """``v_2[1]`` for ``v[1]``."""
        return mode_name(own.name, self._k) + component.func.__name__.removeprefix(own.name)

    def renamed(self, expression: sp.Basic) -> sp.Basic:
        """The expression with the unknowns of this mode, nothing else of it changed."""
        if not expression.args:
            return self._symbols.get(expression, expression)
        arguments = tuple(map(self.renamed, expression.args))
        if isinstance(expression, AppliedUndef):
            return self._functions.get(expression.func, expression.func)(*arguments)
        same = all(a is b for a, b in zip(arguments, expression.args, strict=True))
        return expression if same else expression.func(*arguments)

    def _symbol(self, number: UnknownNumber) -> sp.Symbol:
        return number.symbol.func(
            mode_name(number.symbol.name, self._k), **number.symbol.assumptions0
        )

    def fields(self) -> tuple[Field, ...]:
        return tuple(
            replace(
                own,
                name=mode_name(own.name, self._k),
                components=tuple(map(self.renamed, own.components)),
            )
            for own in self._problem.fields
        )

    def numbers(self) -> tuple[UnknownNumber, ...]:
        return tuple(
            replace(number, symbol=self._symbol(number), mode=self._k)
            for number in self._problem.numbers
        )

    def law(self, law: Law) -> Law:
        """A law of this mode."""
        put = self.renamed
        return replace(
            law,
            label=mode_name(law.label, self._k),
            equations=tuple((put(left), put(right)) for left, right in law.equations),
            residuals=tuple(map(put, law.residuals)),
        )

    def periodicities(self) -> tuple[Periodicity, ...]:
        return tuple(
            replace(
                own,
                label=mode_name(own.label, self._k),
                fields=tuple(mode_name(name, self._k) for name in own.fields),
            )
            for own in self._problem.periodicities
        )


class _Written:
    """Residuals of all modes with derivatives of products as they are written."""

    def __init__(self, problem: Problem, copies: list[_Mode]) -> None:
        self._problem, self._copies = problem, copies

    def __call__(self) -> Written:
        own = self._problem.written() if self._problem.written else {}
        found = dict(own)
        for law in self._problem.laws:
            as_written = own.get((law.label, law.residuals))
            if as_written is None:
                continue
            for copy in self._copies:
                mode = copy.law(law)
                found[mode.label, mode.residuals] = tuple(map(copy.renamed, as_written))
        return found
