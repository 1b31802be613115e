"""The optimizers by the name that a method gives them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from pdedsl.options.section import kinds_of

from .first_order import adam, gd, sgd, soap
from .gauss_newton import anagram, engd, kfac, lm, lstsq, sketched_lm, spring
from .problem import LeastSquaresProblem
from .protocol import Kind, Optimizer, OptimizerOptions
from .quasi_newton import lbfgs, nncg, ssbroyden

_ALL: tuple[Kind[Any], ...] = (
    Kind(lm.LmOptions, lm.levenberg_marquardt),
    Kind(lstsq.LstsqOptions, lstsq.LeastSquares),
    Kind(adam.AdamOptions, adam.Adam),
    Kind(lbfgs.LbfgsOptions, lbfgs.Lbfgs),
    Kind(ssbroyden.BroydenOptions, ssbroyden.DenseQuasiNewton),
    Kind(gd.GdOptions, gd.gradient_descent),
    Kind(anagram.AnagramOptions, anagram.Anagram),
    Kind(engd.EngdOptions, engd.EnergyNaturalGradient),
    Kind(sgd.SgdOptions, sgd.Sgd),
    Kind(soap.SoapOptions, soap.Soap),
    Kind(nncg.NncgOptions, nncg.Nncg),
    Kind(kfac.KfacOptions, kfac.Kfac),
    Kind(sketched_lm.SketchedLmOptions, sketched_lm.SketchedLm),
    Kind(spring.SpringOptions, spring.Spring),
)
OPTIMIZERS = {name: kind for kind in _ALL for name in kinds_of(kind.options)}


def build_optimizer(
    system: LeastSquaresProblem, options: OptimizerOptions, theta: Tensor
) -> Optimizer:
    """The optimizer that the options are for, started at ``theta``."""
    made: Optimizer = OPTIMIZERS[options.kind].build(system, options, theta)
    return made
