"""Linear differential operators of laws: normal form, adjoint, composition, symbol; no torch."""

from .adjoint import adjoint
from .composition import compose, hermitian_square
from .frechet import frechet
from .laws import LawOperator, SystemOperator, law_operators, system_operators
from .normal_form import NonlinearError, NonlocalError, normal_form
from .operator import LinearOperator, MultiIndex, Terms, differentiate
from .state import State, linearisation_state
from .symbol import Symbol, frequency, symbol

__all__ = [
    "LawOperator",
    "LinearOperator",
    "MultiIndex",
    "NonlinearError",
    "NonlocalError",
    "State",
    "Symbol",
    "SystemOperator",
    "Terms",
    "adjoint",
    "compose",
    "differentiate",
    "frechet",
    "frequency",
    "hermitian_square",
    "law_operators",
    "linearisation_state",
    "normal_form",
    "symbol",
    "system_operators",
]
