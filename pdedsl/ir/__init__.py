"""The middle representation: frozen, sympy inside, no torch."""

from .decomposition_obstacle import axis_obstacle, decomposition_obstacle, elsewhere
from .division import Division, Joint, Part
from .eigenmodes import mode_name, with_modes
from .evaluation import NotNumericError, evaluate, evaluate_with_scale
from .expressions import (
    DomainIntegral,
    coordinate,
    derivative_order,
    field_atoms,
    is_normal,
    normal,
)
from .kinks import KINKED, as_cases, is_stepwise, kinks_of, switches, switches_of, zeros_between
from .noise import noise_at_rows, values_at_rows
from .outputs import Functional, Output
from .places import Boundary, Face, Global, Interior, OnData, OnInterface, Place, Slice, domain_of
from .problem import (
    Domain,
    Field,
    Interface,
    Interval,
    Law,
    Parameter,
    Periodicity,
    Problem,
    Reference,
    UnknownNumber,
    Written,
)
from .regions import Box, Combination, Enclosed, MeshBody, Moved, Region, Shape
from .sizes import (
    TooLargeError,
    bounded_derivative,
    derivative_size,
    derivatives_as_written,
    fold_tree,
    real,
    size,
)
from .special import SPECIAL_FUNCTIONS, Special
from .substitution import Substitution
from .tables import Table

__all__ = [
    "KINKED",
    "SPECIAL_FUNCTIONS",
    "Boundary",
    "Box",
    "Combination",
    "Division",
    "Domain",
    "DomainIntegral",
    "Enclosed",
    "Face",
    "Field",
    "Functional",
    "Global",
    "Interface",
    "Interior",
    "Interval",
    "Joint",
    "Law",
    "MeshBody",
    "Moved",
    "NotNumericError",
    "OnData",
    "OnInterface",
    "Output",
    "Parameter",
    "Part",
    "Periodicity",
    "Place",
    "Problem",
    "Reference",
    "Region",
    "Shape",
    "Slice",
    "Special",
    "Substitution",
    "Table",
    "TooLargeError",
    "UnknownNumber",
    "Written",
    "as_cases",
    "axis_obstacle",
    "bounded_derivative",
    "coordinate",
    "decomposition_obstacle",
    "derivative_order",
    "derivative_size",
    "derivatives_as_written",
    "domain_of",
    "elsewhere",
    "evaluate",
    "evaluate_with_scale",
    "field_atoms",
    "fold_tree",
    "is_normal",
    "is_stepwise",
    "kinks_of",
    "mode_name",
    "noise_at_rows",
    "normal",
    "real",
    "size",
    "switches",
    "switches_of",
    "values_at_rows",
    "with_modes",
    "zeros_between",
]
