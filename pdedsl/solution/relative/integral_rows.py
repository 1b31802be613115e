"""The residual of a law that is imposed by integrals, relative to the integrals of its terms.

At points such a law may say nothing: hats have no second derivative. Its rows against the test
functions are compared with the largest of those that its terms give one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp
import torch
from sympy.core.function import AppliedUndef

from .misfit import Misfit
from .values import values_at

if TYPE_CHECKING:
    from pdedsl.compiler.residual.block import Block
    from pdedsl.compiler.residual.system import ResidualSystem


def integral_misfit(system: ResidualSystem, theta: torch.Tensor, block: Block) -> Misfit:
    """The misfit of a law with a matrix of test functions, at the nodes of its quadrature.

    Args:
        system: of the problem as it was solved.
        theta: the state, shape (P,).
        block: the law.
    """
    own = system.sampler.integrals[block.label]
    integrands = [system.problem.substitute(e) for e in own.integrands]
    parts = [(k, part) for k, e in enumerate(integrands) for part in _parts(e)]
    values = torch.from_numpy(values_at(system, theta, block, [part for _, part in parts]))
    values = values.to(theta)
    total = values.new_zeros(len(integrands), values.shape[1])
    largest = 0.0
    for (k, _), value in zip(parts, values, strict=True):
        total[k] += value
        alone = torch.zeros_like(total)
        alone[k] = value
        largest = max(largest, _rms(block, alone))
    rms = _rms(block, total)
    return Misfit(rms, rms / largest if largest > 0 else rms)


def _parts(integrand: sp.Expr) -> list[sp.Expr]:
    """What is known of an integrand, and its other terms."""
    known, unknown = integrand.as_independent(AppliedUndef, as_Add=True)
    return [term for term in (known, *sp.Add.make_args(unknown)) if term != 0]


def _rms(block: Block, values: torch.Tensor) -> float:
    """Root mean square of the rows that integrands of shape (integrands, n) give."""
    (rows,) = block.unweighted().map.apply(list(values))
    return float(rows.norm())
