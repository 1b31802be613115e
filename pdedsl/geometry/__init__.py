"""Sets to points: samples, faces and quadrature, in numpy alone."""

from .boxes import FloatBox, box_of, input_bounds
from .quadrature import Rule, integration_rule
from .sampling import KINDS, unit_points

__all__ = ["KINDS", "FloatBox", "Rule", "box_of", "input_bounds", "integration_rule", "unit_points"]
