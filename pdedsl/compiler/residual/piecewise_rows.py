r"""The first order of a residual whose fields have parameters of their own in each of some domains.

The laws inside a domain see the parameters of its piece, and few laws (interface conditions,
integrals) those of several. The rows of a piece are replaced by the triangle of
:math:`(J_p\; r_p) = Q_p T_p`, and the triangles with the rows of the laws between pieces are the
fronts of a matrix of few entries, which `linalg.frontal_qr` eliminates one after another: exact,
like one decomposition of J, with :math:`\sum_p N_p P_p²` operations in place of :math:`N P²`. Where
processes share the rows, each makes triangles of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.jacobian import Assembly
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.linalg.linearisation import SparseOrder
from pdedsl.linalg.sparse_rows import SparseRows
from pdedsl.linalg.svd import Reflections

from . import first_order
from .block import Block

if TYPE_CHECKING:
    from .residual_function import ResidualFunction

_LEAST, _SAVED = 1e7, 2.0
"""N P² of a system, and by how much the triangles have to lower it, from where they are made: their
matrix is decomposed after them. Four strips of a square with 225 polynomials each took 0.7 s for
2.4, 16 squares with 121 each 3.7 s for 76, two strips of 49 each 0.04 s for 0.01."""


@dataclass(frozen=True)
class PieceRows:
    """Rows with entries in the columns of some pieces.

    Args:
        columns: their indices, shape (P_p,).
        rows: (J r) in these columns, shape (k, P_p + 1).
    """

    columns: Tensor
    rows: Tensor


@dataclass
class _Group:
    """Columns of a piece, or of some, and the laws that see these alone."""

    columns: list[slice]
    blocks: list[Block] = field(default_factory=list)
    reflections: Reflections | None = None

    @property
    def width(self) -> int:
        """How many columns."""
        return sum(part.stop - part.start for part in self.columns)

    @property
    def height(self) -> int:
        """How many rows."""
        return sum(map(_height, self.blocks))

    @property
    def indices(self) -> Tensor:
        """Of the columns."""
        return torch.cat([torch.arange(part.start, part.stop) for part in self.columns])


def by_pieces(system: ResidualFunction, theta: Tensor) -> SparseOrder | None:
    """The residual r and J by triangles of pieces; None where these save little."""
    groups = _groups(system)
    operations = sum(group.height * group.width**2 for group in groups)
    dense = system.rows * system.parameters**2
    if len(groups) < 2 or dense < _LEAST or _SAVED * operations > dense:
        return None
    kept = sum(group.height * (group.width + 1) for group in groups) * theta.itemsize
    if kept > first_order.MOST_BYTES:
        return None
    found = [rows for share in system.gathered(piece_rows, theta) for rows in share]
    width = max(len(own.columns) for own in found)
    values = [own.rows.new_zeros(len(own.rows), width) for own in found]
    for own, place in zip(found, values, strict=True):
        place[:, : len(own.columns)] = own.rows[:, :-1]
    # Zeros fill the rows of smaller groups, in columns that they have.
    columns = [
        own.columns[torch.arange(width) % len(own.columns)].expand(len(own.rows), -1)
        for own in found
    ]
    return SparseOrder(
        torch.cat([own.rows[:, -1] for own in found]),
        SparseRows(torch.cat(values), torch.cat(columns), system.parameters),
        lambda other: torch.cat(system.gathered(pieces_turned, other)),
    )


def piece_rows(share: ResidualFunction, theta: Tensor) -> list[PieceRows]:
    """The triangle of each piece, and the rows of laws between pieces as they are."""
    _states.pop(share, None)  # before others are made: both may not fit the memory
    residual = theta.new_empty(share.rows)
    found: list[PieceRows] = []
    groups = _groups(share)
    for group in groups:
        joined, top = theta.new_empty(group.height, group.width + 1), 0
        for block in group.blocks:
            rows = slice(top, top + _height(block))
            joined[rows, :-1] = _jacobian(share, theta, residual, block, group.columns)
            joined[rows, -1] = residual[block.rows]
            top = rows.stop
        if group.height > group.width + 1:
            group.reflections = Reflections(joined)
            joined = group.reflections.triangle()
        found.append(PieceRows(group.indices, joined))
    _states[share] = groups
    return found


def pieces_turned(share: ResidualFunction, theta: Tensor) -> Tensor:
    """The residual r(θ′) in the rows of `piece_rows`, as far as these reach it."""
    residual = share.residual(theta)
    found = [residual[:0]]
    for group in _states[share]:
        own = torch.cat([residual[block.rows] for block in group.blocks])
        found.append(own if group.reflections is None else group.reflections.turn(own))
    return torch.cat(found)


_states: WeakKeyDictionary[ResidualFunction, list[_Group]] = WeakKeyDictionary()


def _jacobian(
    share: ResidualFunction, theta: Tensor, residual: Tensor, block: Block, columns: list[slice]
) -> Tensor:
    """The rows of a law in some columns; the residual is filled in."""
    parts = [
        Assembly(_height(block), part.stop - part.start, theta, block.rows.start, part.start)
        for part in columns
    ]
    for _, factors in share.layer_factors(theta, residual, (block,)):
        for factor in factors:
            for part in parts:
                part.add(factor)
    return torch.cat([part.done() for part in parts], dim=1)


def _groups(system: ResidualFunction) -> list[_Group]:
    """The laws by the pieces that they see; unknown numbers are a piece as well."""
    pieces = _pieces(system)
    found: dict[tuple[int, ...], _Group] = {}
    for block in system.blocks:
        seen = sorted({_piece_of(system, pieces, number) for number in _networks(block.plan)})
        if system.ansatz.numbers:
            seen.append(len(pieces) - 1)  # any law may see them
        own = found.setdefault(tuple(seen), _Group([pieces[number] for number in seen]))
        own.blocks.append(block)
    return list(found.values())


def _pieces(system: ResidualFunction) -> list[slice]:
    """Columns of the parameters of each domain, and of the unknown numbers if there are any."""
    found = []
    for _, own in groupby(system.networks, key=lambda network: network.group.domain):
        networks = list(own)
        found.append(slice(networks[0].offset, networks[-1].offset + networks[-1].model.size))
    if system.ansatz.numbers:
        found.append(slice(system.ansatz.numbers_at, system.parameters))
    return found


def _piece_of(system: ResidualFunction, pieces: Sequence[slice], number: int) -> int:
    offset = system.networks[number].offset
    return next(k for k, piece in enumerate(pieces) if piece.start <= offset < piece.stop)


def _networks(plan: Plan) -> Iterator[int]:
    """The numbers of the networks that a law sees, also under integrals."""
    for site, _ in plan.sites:
        yield site.group
    for part in plan.integrands:
        yield from _networks(part)


def _height(block: Block) -> int:
    return block.rows.stop - block.rows.start
