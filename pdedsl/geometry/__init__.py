"""Sets to points: samples, faces and quadrature, in numpy alone."""

from .bounds import Bounds, domain_bounds, field_bounds, hull_bounds, place_bounds
from .boxes import FloatBox, bounding_box, box_of
from .quadrature import Rule, integration_rule
from .sampling import KINDS, unit_points
from .tensor import line_rule, side_of, tensor_rule

__all__ = [
    "KINDS",
    "Bounds",
    "FloatBox",
    "Rule",
    "bounding_box",
    "box_of",
    "domain_bounds",
    "field_bounds",
    "hull_bounds",
    "integration_rule",
    "line_rule",
    "place_bounds",
    "side_of",
    "tensor_rule",
    "unit_points",
]
