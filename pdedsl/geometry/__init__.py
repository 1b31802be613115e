"""Sets to points: samples, faces and quadrature, in numpy alone."""

from .bounds import Bounds, domain_bounds, field_bounds, hull_bounds, place_bounds
from .boxes import FloatBox
from .interfaces import SharedFace, on_interface, shared_face, side_by_side
from .language import Argument, ShapeKind
from .moved import MOTIONS
from .plane.enclosed import enclosed
from .plane_boundary import Arc, Corner, Loop, arcs, boundary_rule, corners, loops
from .quadrature import Rule, gauss_legendre, integration_rule
from .region import BoundaryPiece, BoundaryPoints, FloatRegion
from .sampling import KINDS, generic_points, unit_points
from .shape_quadrature import area_rule, domain_rule, has_exact_rule, weights_on
from .shapes import SHAPES, box_of, domain_region, is_empty, region_of, values_of
from .solid.mesh_faults import closed_surface
from .tensor import line_rule, side_of, tensor_rule

__all__ = [
    "KINDS",
    "MOTIONS",
    "SHAPES",
    "Arc",
    "Argument",
    "BoundaryPiece",
    "BoundaryPoints",
    "Bounds",
    "Corner",
    "FloatBox",
    "FloatRegion",
    "Loop",
    "Rule",
    "ShapeKind",
    "SharedFace",
    "arcs",
    "area_rule",
    "boundary_rule",
    "box_of",
    "closed_surface",
    "corners",
    "domain_bounds",
    "domain_region",
    "domain_rule",
    "enclosed",
    "field_bounds",
    "gauss_legendre",
    "generic_points",
    "has_exact_rule",
    "hull_bounds",
    "integration_rule",
    "is_empty",
    "line_rule",
    "loops",
    "on_interface",
    "place_bounds",
    "region_of",
    "shared_face",
    "side_by_side",
    "side_of",
    "tensor_rule",
    "unit_points",
    "values_of",
    "weights_on",
]
