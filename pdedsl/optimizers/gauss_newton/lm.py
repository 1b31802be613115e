r"""Damped Gauss–Newton whose damping is chosen by the ratio of actual to predicted decrease.

.. math:: θ ← θ + δ(λ), \qquad δ(λ) = -(J^T J + λ)^{-1} J^T r,

with the smallest λ that the rule of `damped_gauss_newton` accepts (Levenberg 1944; Marquardt
1963; Webb, Jerad and Cartis, arXiv 2607.02194) and the whole Jacobian, decomposed anew in every
iteration. With ``projection`` the last layer of a network is kept at its optimum, where the laws
are affine in the fields; see `variable_projection`.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem

from .damped_gauss_newton import DampedGaussNewton, DampingOptions
from .variable_projection import VariableProjection


class LmOptions(DampingOptions):
    """Damped Gauss–Newton; see `lm`.

    Args:
        projection: keep the last layer of a network at its least-squares optimum, for laws that
            are affine in the fields; see `variable_projection`.
    """

    kind: Literal["lm"] = "lm"
    projection: bool = False


def levenberg_marquardt(
    system: LeastSquaresProblem, options: LmOptions, theta: Tensor
) -> DampedGaussNewton:
    """`VariableProjection` where it is asked for and there is a layer for it, else all of J."""
    places = system.affine_parameters if options.projection else None
    if places is None:
        return LevenbergMarquardt(system, options, theta)
    return VariableProjection(system, options, theta, places)


class LevenbergMarquardt(DampedGaussNewton):
    """See the module docstring."""
