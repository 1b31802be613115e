r"""The size of every law on functions of low degree, whatever the units of its terms are.

With coordinates in nanometres the rows of :math:`u_{xx} = f` are :math:`10^{18}` times those of
:math:`u = g`, with coordinates of :math:`10^9` that part of them: one law hides the other in the
loss, and rounding of the larger is all that least squares sees. Rows and columns are scaled in
turns until the terms of every law are of size 1 on functions of size 1 (Bauer, Numer. Math. 5,
1963, for scaling both).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.models import BasisModel

from .trial_method import basis_method

_DEGREES = (4, 3, 2, 1)
"""Total degrees, the first with at most `_FUNCTIONS`: a law of order 4 sees the first of them."""
_FUNCTIONS = 400  # a choice: some hundredths of a second
_SWEEPS = 3  # as for the check of solvability


def law_sizes(lowered: LoweredProblem) -> dict[str, float]:
    """Label of a law to its size, linearised at zero; laws that see nothing there are left out.

    Components of a law may have other units, as w = a and w_t = b have at the start. An equation
    has the size of its largest, a condition that of its smallest: one that is missed lets the
    solution be another, while one that counts for too much only costs some digits.

    Raises:
        UserError: the laws cannot be compiled.
        ValueError: there are too many functions.
    """
    system = _system(lowered)
    _, jacobian = system.residual_and_jacobian(system.theta0 * 0)
    squares = _squares(system, jacobian)
    if not (torch.isfinite(squares).all() and (squares > 0).any()):
        return {}
    rows, columns = torch.ones(squares.shape[0]), torch.ones(squares.shape[1])
    rows, columns = rows.to(squares), columns.to(squares)
    for _ in range(_SWEEPS):
        rows = _or_one((squares * columns**2).sum(1).sqrt())
        columns = 1 / _or_one((squares / rows[:, None] ** 2).sum(0).sqrt())
    seen = squares.sum(1) > 0
    sizes: dict[str, list[float]] = {}
    owners = [block for block in system.blocks for _ in block.map.parts]
    for block, size, own in zip(owners, rows.tolist(), seen.tolist(), strict=True):
        if own and math.isfinite(size):
            sizes.setdefault(block.label, []).append(size)
    kinds = {block.label: block.kind for block in system.blocks}
    return {k: max(own) if kinds[k] == "eq" else min(own) for k, own in sizes.items()}


def _system(lowered: LoweredProblem) -> ResidualSystem:
    for degree in _DEGREES:
        method = basis_method(lowered.problem, degree, {})
        system = build(lowered, method.model, method.sampling.points, method.sampling.kind, {})
        if system.parameters <= _FUNCTIONS:
            return system
    raise ValueError("there are too many functions")


def _squares(system: ResidualSystem, jacobian: Tensor) -> Tensor:
    """Mean square of a scalar law on the functions of a component, shape (laws, components)."""
    parts: list[slice] = []
    for network in system.networks:
        assert isinstance(network.model, BasisModel)
        size = network.model.basis.size
        starts = [network.offset + c * size for c in range(network.model.outputs)]
        parts += [slice(start, start + size) for start in starts]
    return torch.stack([
        torch.stack([jacobian[b.rows][own, p].square().sum() / (p.stop - p.start) for p in parts])
        * (b.map.rows / (own.stop - own.start) / (b.weight or 1.0))
        for b in system.blocks
        for own in b.map.parts
    ])  # fmt: skip


def _or_one(sizes: Tensor) -> Tensor:
    return torch.where(sizes > 0, sizes, torch.ones_like(sizes))
