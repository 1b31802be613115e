"""Sets to points: samples, faces and quadrature, in numpy alone."""

from .boxes import FloatBox, bounding_box, box_of, input_bounds
from .quadrature import Rule, integration_rule
from .sampling import KINDS, unit_points
from .tensor import line_rule, side_of, tensor_rule

__all__ = [
    "KINDS",
    "FloatBox",
    "Rule",
    "bounding_box",
    "box_of",
    "input_bounds",
    "integration_rule",
    "line_rule",
    "side_of",
    "tensor_rule",
    "unit_points",
]
