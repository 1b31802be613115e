"""The optimizers by the name that a method gives them."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from pdedsl.options.section import by_kind

from .first_order import adam, gd, sgd, soap
from .gauss_newton import anagram, engd, kfac, lm, lstsq, sketched_lm, spring
from .problem import LeastSquaresProblem
from .protocol import Optimizer, OptimizerOptions
from .quasi_newton import lbfgs, nncg, ssbroyden

BUILDERS: dict[type[OptimizerOptions], Callable[..., Optimizer]] = {
    lm.LmOptions: lm.levenberg_marquardt,
    lstsq.LstsqOptions: lstsq.LeastSquares,
    adam.AdamOptions: adam.Adam,
    lbfgs.LbfgsOptions: lbfgs.Lbfgs,
    ssbroyden.BroydenOptions: ssbroyden.DenseQuasiNewton,
    gd.GdOptions: gd.gradient_descent,
    anagram.AnagramOptions: anagram.Anagram,
    engd.EngdOptions: engd.EnergyNaturalGradient,
    sgd.SgdOptions: sgd.Sgd,
    soap.SoapOptions: soap.Soap,
    nncg.NncgOptions: nncg.Nncg,
    kfac.KfacOptions: kfac.Kfac,
    sketched_lm.SketchedLmOptions: sketched_lm.SketchedLm,
    spring.SpringOptions: spring.Spring,
}
OPTIMIZERS = by_kind(BUILDERS)
"""The options by the kind that they have in a method."""


def build_optimizer(
    system: LeastSquaresProblem, options: OptimizerOptions, theta: Tensor
) -> Optimizer:
    """The optimizer that the options are for, started at ``theta``."""
    return BUILDERS[type(options)](system, options, theta)
