"""Units of measurement: their texts, their sizes in the SI, and dimensions."""

from .dimension import NONE, Dimension
from .reading import Unit, UnitFault, read_unit

__all__ = ["NONE", "Dimension", "Unit", "UnitFault", "read_unit"]
