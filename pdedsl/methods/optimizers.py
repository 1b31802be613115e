"""The optimizers by the name that a method gives them."""

from __future__ import annotations

from typing import cast

from .adam import Adam
from .anagram import Anagram
from .engd import EnergyNaturalGradient
from .gd import gradient_descent
from .kfac import Kfac
from .lbfgs import Lbfgs
from .lm import levenberg_marquardt
from .lstsq import LeastSquares
from .nncg import Nncg
from .sgd import Sgd
from .sketched_lm import SketchedLm
from .soap import Soap
from .spring import Spring
from .ssbroyden import DenseQuasiNewton
from .step import Builder

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
