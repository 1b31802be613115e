"""Quantities of interest of a solution: integrals, extreme values, values at points."""

from .outputs import OutputValue, output_values

__all__ = ["OutputValue", "output_values"]
