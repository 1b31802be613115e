"""Residuals of laws relative to the size of their own terms."""

from .data_misfit import DataMisfit, data_misfits
from .held_out_data import HeldOutData, held_out_data
from .misfit import Misfit
from .relative import law_misfits

__all__ = ["DataMisfit", "HeldOutData", "Misfit", "data_misfits", "held_out_data", "law_misfits"]
