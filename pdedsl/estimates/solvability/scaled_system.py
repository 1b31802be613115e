r"""The laws of a linear problem on a trial space, with rows and columns of one size.

.. math:: A = S^{-1} J D^{-1}, \qquad r = S^{-1} r(0)

The rows of J are those of a quadrature, so that inner products of columns are means over the places
of the laws. D makes the mean square of every function 1; S and a factor for each component in D
make the terms of every law of size 1 on functions of low degree, whatever the units are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pdedsl.choice.basis.trial_method import basis_method
from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array

from .trial_space import TrialSpace, options_of, trial_space

_SWEEPS = 3
"""Of scaling rows and columns in turns; a choice."""
_ROUNDING = 1e-13
"""Of the largest column of a law, one that satisfies it but for rounding: for the biharmonic law
on a square without a disk functions of holes have 1e-18, and polynomials of degree 14 from 1e-5 on.
"""


@dataclass(frozen=True, eq=False)
class RowBlock:
    """The rows of one scalar law.

    Args:
        block: the law with its points.
        name: ``bc``, or ``bc[2]`` where the law has several components.
        place: its rows in A.
        scale: its entry of S.
    """

    block: Block
    name: str
    place: slice
    scale: float

    @property
    def interior(self) -> bool:
        """Whether the law is an equation at points, rather than a condition."""
        return self.block.kind == "eq" and self.block.map.diagonal

    @property
    def entries(self) -> Array:
        """Roots of the weights of its points, shape (n,); without those of a matrix."""
        count = len(self.block.points)
        found = as_array(self.block.map.entries(0, count, self.block.points))
        return np.broadcast_to(found, (count,))


@dataclass(frozen=True, eq=False)
class ScaledSystem:
    """See the head of this module.

    Args:
        trial: the functions.
        matrix: A, shape (N, P).
        data: r, shape (N,).
        columns: the diagonal of D, shape (P,): θ = D⁻¹ times a vector that A is applied to.
        blocks: the scalar laws.
    """

    trial: TrialSpace
    matrix: Array
    data: Array
    columns: Array
    blocks: tuple[RowBlock, ...]


def scaled_system(
    lowered: LoweredProblem, modes: int, state: Tensor | None = None
) -> ScaledSystem | None:
    """The system for one degree; None where it is not finite.

    Args:
        lowered: the problem.
        modes: the degree.
        state: coefficients to linearise at, shape (P,); None for laws that are linear, and the
            answer None where they are not.

    Raises:
        ValueError: the functions are too many.
        UserError: the laws cannot be compiled.
    """
    problem = lowered.problem
    system = system_at(lowered, modes, modes)
    if state is None and not system.linear:
        return None
    trial = trial_space(problem, modes)
    theta = system.theta0 * 0 if state is None else state
    rows, jacobian = system.residual_and_jacobian(theta)
    data, matrix = as_array(rows), trial.normed(as_array(jacobian))
    if not (np.isfinite(data).all() and np.isfinite(matrix).all()):
        return None
    return _scaled(system, trial, matrix, data)


def system_at(lowered: LoweredProblem, modes: int, nodes: int) -> ResidualSystem:
    """The laws for functions of a degree, on the nodes that suit another one.

    Raises:
        UserError: the laws cannot be compiled.
    """
    problem = lowered.problem
    degrees = nodes if on_shapes(problem) else (nodes,) * len(problem.inputs)
    points = basis_method(problem, degrees, {}).sampling.points
    return build(lowered, options_of(problem, modes), points, "gauss")


def _scaled(system: ResidualSystem, trial: TrialSpace, matrix: Array, data: Array) -> ScaledSystem:
    parts = [grid.part.place for grid in trial.grids]
    places = [(b, name, place) for b in system.blocks for name, place in scalar_rows(b)]
    columns, scales = trial.norms.copy(), np.ones(len(places))
    low, matrix, data = trial.low, matrix.copy(), data.copy()
    for _ in range(_SWEEPS):
        for i, (_, _, rows) in enumerate(places):
            size = _mean(matrix[rows][:, _seen(matrix[rows], low)])
            matrix[rows] /= size
            data[rows] /= size
            scales[i] *= size
        for part in parts:
            size = _mean(matrix[:, part][:, low[part]])
            matrix[:, part] /= size
            columns[part] *= size
    blocks = [RowBlock(*own, float(s)) for own, s in zip(places, scales, strict=True)]
    return ScaledSystem(trial, matrix, data, columns, tuple(blocks))


def _seen(rows: Array, low: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The columns that tell the size of a law: those of low degree, if it sees any of them.

    On shapes the smoothest functions may all satisfy an equation, as those of holes do; then as
    many of the next ones that do not.
    """
    sizes = np.linalg.norm(rows, axis=0)
    sees = sizes > _ROUNDING * sizes.max(initial=0.0)
    if (sees & low).any() or not sees.any():
        return low
    return np.asarray(sees & (np.cumsum(sees) <= low.sum()))


def _mean(part: Array) -> float:
    """The root mean square norm of columns; 1 for none that sees anything."""
    size = float(np.linalg.norm(part)) / max(part.shape[1], 1) ** 0.5
    return size if size > 0 else 1.0


def scalar_rows(block: Block) -> list[tuple[str, slice]]:
    """Name and rows of each component of a law; those that a matrix mixes stay together."""
    if not block.map.diagonal:
        return [(block.label, block.rows)]
    count = len(block.points)
    starts = [block.row + k * count for k in range(block.map.components)]
    return [(n, slice(s, s + count)) for n, s in zip(block.names, starts, strict=True)]
