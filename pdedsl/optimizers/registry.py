"""The optimizers by the name that a method gives them."""

from __future__ import annotations

from typing import cast

from pdedsl.optimizers.first_order.adam import Adam
from pdedsl.optimizers.first_order.gd import gradient_descent
from pdedsl.optimizers.first_order.sgd import Sgd
from pdedsl.optimizers.first_order.soap import Soap
from pdedsl.optimizers.gauss_newton.anagram import Anagram
from pdedsl.optimizers.gauss_newton.engd import EnergyNaturalGradient
from pdedsl.optimizers.gauss_newton.kfac import Kfac
from pdedsl.optimizers.gauss_newton.lm import levenberg_marquardt
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares
from pdedsl.optimizers.gauss_newton.sketched_lm import SketchedLm
from pdedsl.optimizers.gauss_newton.spring import Spring
from pdedsl.optimizers.quasi_newton.lbfgs import Lbfgs
from pdedsl.optimizers.quasi_newton.nncg import Nncg
from pdedsl.optimizers.quasi_newton.ssbroyden import DenseQuasiNewton

from .protocol import Builder

OPTIMIZERS: dict[str, Builder] = {
    "lm": cast(Builder, levenberg_marquardt),
    "lstsq": cast(Builder, LeastSquares),
    "adam": cast(Builder, Adam),
    "lbfgs": cast(Builder, Lbfgs),
    "bfgs": cast(Builder, DenseQuasiNewton),
    "ssbfgs": cast(Builder, DenseQuasiNewton),
    "ssbroyden": cast(Builder, DenseQuasiNewton),
    "gd": cast(Builder, gradient_descent),
    "anagram": cast(Builder, Anagram),
    "engd": cast(Builder, EnergyNaturalGradient),
    "sgd": cast(Builder, Sgd),
    "soap": cast(Builder, Soap),
    "nncg": cast(Builder, Nncg),
    "kfac": cast(Builder, Kfac),
    "sketched_lm": cast(Builder, SketchedLm),
    "spring": cast(Builder, Spring),
}
