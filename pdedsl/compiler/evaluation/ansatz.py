"""The models and unknown numbers of a problem, with their places in θ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from pdedsl.compiler.lowering.groups import Network
from pdedsl.compiler.lowering.numbers import Bounded, bounded
from pdedsl.compiler.lowering.plan import Integral, Plan
from pdedsl.geometry import Rule, domain_region, domain_rule
from pdedsl.ir import Problem

Inputs = tuple[sp.Symbol, ...]


@dataclass(frozen=True)
class Ansatz:
    """The fields and numbers that θ stands for, which all laws of a system share.

    Args:
        inputs: the inputs of the problem, in order.
        networks: the models.
        numbers: unknown numbers.
        numbers_at: index in θ of the first unknown number.
        rules: quadrature of each domain, and the columns of its coordinates among the inputs.
        compiled: whether the steps of the layers are to be compiled.
    """

    inputs: Inputs
    networks: tuple[Network, ...]
    numbers: tuple[Bounded, ...]
    numbers_at: int
    rules: Mapping[str, tuple[Rule, tuple[int, ...]]]
    compiled: bool = False

    @property
    def size(self) -> int:
        """Number of parameters, P."""
        return self.numbers_at + len(self.numbers)


def ansatz_of(
    problem: Problem,
    networks: tuple[Network, ...],
    plans: Mapping[str, Plan],
    compiled: bool = False,
) -> Ansatz:
    """The ansatz of a problem, with the rules of the domains that its plans integrate over."""
    numbers_at = sum(network.model.size for network in networks)
    names = {i.domain for p in plans.values() for _, i in p.inputs if isinstance(i, Integral)}
    rules = {}
    for name in sorted(names):
        domain = problem.domain(name)
        where = tuple(problem.inputs.index(s) for s in domain.coordinates)
        rules[name] = (domain_rule(domain_region(problem, domain)), where)
    numbers = tuple(bounded(problem, number) for number in problem.numbers)
    return Ansatz(problem.inputs, networks, numbers, numbers_at, rules, compiled)
