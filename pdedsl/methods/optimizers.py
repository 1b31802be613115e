"""The optimizers by the name that a method gives them."""

from __future__ import annotations

from typing import cast

from .adam import Adam
from .gd import gradient_descent
from .lbfgs import Lbfgs
from .lm import LevenbergMarquardt
from .step import Builder

OPTIMIZERS: dict[str, Builder] = {
    "lm": cast(Builder, LevenbergMarquardt),
    "adam": cast(Builder, Adam),
    "lbfgs": cast(Builder, Lbfgs),
    "gd": cast(Builder, gradient_descent),
}
