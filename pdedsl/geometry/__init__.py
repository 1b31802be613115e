"""Sets to points: samples, faces and quadrature, in numpy alone."""

from .bounds import Bounds, domain_bounds, field_bounds, hull_bounds, place_bounds
from .boxes import FloatBox
from .interfaces import SharedFace, on_interface, shared_face
from .language import Argument, ShapeKind
from .quadrature import Rule, gauss_legendre, integration_rule
from .region import BoundaryPiece, BoundaryPoints, FloatRegion
from .sampling import KINDS, generic_points, unit_points
from .shapes import SHAPES, box_of, domain_region, region_of
from .tensor import line_rule, side_of, tensor_rule

__all__ = [
    "KINDS",
    "SHAPES",
    "Argument",
    "BoundaryPiece",
    "BoundaryPoints",
    "Bounds",
    "FloatBox",
    "FloatRegion",
    "Rule",
    "ShapeKind",
    "SharedFace",
    "box_of",
    "domain_bounds",
    "domain_region",
    "field_bounds",
    "gauss_legendre",
    "generic_points",
    "hull_bounds",
    "integration_rule",
    "line_rule",
    "on_interface",
    "place_bounds",
    "region_of",
    "shared_face",
    "side_of",
    "tensor_rule",
    "unit_points",
]
