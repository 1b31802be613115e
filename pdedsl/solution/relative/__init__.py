"""Residuals of laws relative to the size of their own terms."""

from .data_misfit import DataMisfit, data_misfits
from .finer_integrals import CoarseIntegral, coarse_integral, finer_laws
from .held_out_data import HeldOutData, held_out_data
from .misfit import Misfit
from .relative import law_misfits

__all__ = [
    "CoarseIntegral",
    "DataMisfit",
    "HeldOutData",
    "Misfit",
    "coarse_integral",
    "data_misfits",
    "finer_laws",
    "held_out_data",
    "law_misfits",
]
