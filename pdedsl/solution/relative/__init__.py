"""Residuals of laws relative to the size of their own terms."""

from .data_misfit import DataMisfit, data_misfits
from .misfit import Misfit
from .relative import law_misfits

__all__ = ["DataMisfit", "Misfit", "data_misfits", "law_misfits"]
