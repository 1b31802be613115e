"""Functions on a set that is no box, orthonormal there.

Polynomials of the box around a set are nearly dependent on the set. What is called small of a
function is its mean square on the set, so that the functions are made orthonormal over points
inside; those that are nothing but rounding there are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.basis.trial_method import basis_method
from pdedsl.compiler.points.drawing import Drawing
from pdedsl.compiler.points.shape_points import interior_points
from pdedsl.conditioning.arrays import Array
from pdedsl.geometry import corners, domain_region
from pdedsl.ir import Field, Interior, Problem
from pdedsl.models.bases import BasisOptions
from pdedsl.models.bases.basis import Basis, Frequencies
from pdedsl.models.jets.multiindices import MultiIndex

_POINTS = 4_096  # of the mean over the set: to a thousandth
_INDEPENDENT = 1e-9
"""Part of a function beyond the smoother ones, below which it depends on them. A choice."""
_REENTRANT = 1e-6  # radians above pi


class TurnedBasis:
    """The functions φ T; see `Basis`.

    Args:
        basis: φ.
        turn: T, shape (functions of φ, functions).
    """

    diagonalises = False
    frequencies: Frequencies | None = None
    phases: tuple[str, ...] = ()

    def __init__(self, basis: Basis, turn: Array) -> None:
        self.axes, self.size = basis.axes, turn.shape[1]
        self.labels = tuple(f"φ{i + 1}" for i in range(self.size))
        self._basis, self._turn = basis, torch.from_numpy(turn)

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """See `Basis.derivatives`."""
        return self._basis.derivatives(points, indices) @ self._turn


def shape_options(problem: Problem, degree: int) -> BasisOptions:
    """Polynomials of a total degree with the columns of corners and holes."""
    model = basis_method(problem, degree, {}).model
    assert isinstance(model, BasisOptions)
    return model


def inner_points(problem: Problem, field: Field) -> Array:
    """Uniform points of the arguments of a field in its domain, shape (n, arguments)."""
    assert field.domain is not None
    how = Drawing("sobol", 0, "mean")
    points, _ = interior_points(problem, Interior(field.domain), {}, _POINTS, how)
    return points[:, [problem.inputs.index(s) for s in field.arguments]]


def orthonormal_turn(basis: Basis, points: Array) -> Array:
    """T, shape (functions, orthonormal functions), the smoothest first."""
    at, count = torch.from_numpy(points.copy()), points.shape[1]
    unit = [tuple(int(i == axis) for i in range(count)) for axis in range(count)]
    values, *slopes = basis.derivatives(at, [(0,) * count, *unit]).numpy() / np.sqrt(len(points))
    scale = np.linalg.norm(values, axis=0)
    rough = np.full(basis.size, np.inf)
    some = scale > 0  # a function may vanish at all points
    rough[some] = sum(np.square(slope).sum(axis=0) for slope in slopes)[some] / scale[some] ** 2
    scale[~some] = 1.0
    order = np.argsort(rough, kind="stable")
    matrix = (values / scale)[:, order]
    kept = np.abs(np.diag(np.linalg.qr(matrix, mode="r"))) > _INDEPENDENT
    turn = np.zeros((basis.size, int(kept.sum())))
    triangle = np.linalg.qr(matrix[:, kept], mode="r")
    turn[order[kept]] = np.linalg.inv(triangle) / scale[order[kept], None]
    return turn


def has_corners_inward(problem: Problem) -> bool:
    """Whether a plane domain has an angle above π, where solutions are singular."""
    regions = (domain_region(problem, d) for d in problem.domains if not d.is_box)
    plane = (region for region in regions if region.dimension == 2)
    return any(c.angle > np.pi + _REENTRANT for region in plane for c in corners(region))
