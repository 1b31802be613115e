"""Problems on shapes, the error that each is to reach, and how its truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pdedsl
from pdedsl.ir import Problem
from tests.conftest import ROOT

from . import finite_elements as fem

SMOOTH = """domain Omega: {where}
unknown u(x, y)
let v = exp(x)*sin(3*y + x^2)/(1 + x^2 + y^2)
eq: -lap(u) = -lap(v)
bc: u = v  on boundary
exact u = v
"""
UNIT_LOAD = """domain Omega: {where}
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
"""
VARIABLE = """domain Omega: {where}
unknown u(x, y)
eq: -div((1 + 0.3*x + 0.2*y)*grad(u)) + 4*u = 1
bc: u = 0  on boundary
"""
BALL = """domain Omega: (x, y, z) in ball(center = (0, 0, 0), radius = 1) minus [-0.3, 0.3]^3
unknown u(x, y, z)
let v = exp(x)*sin(y + 2*z)
eq: -lap(u) = -lap(v)
bc: u = v  on boundary
exact u = v
"""
GEAR = """domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
  union [-1.2, 1.2]*[-0.15, 0.15] union [-0.15, 0.15]*[-1.2, 1.2]
  minus disk(center = (0, 0), radius = 0.3)
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
"""
DISK = "(x, y) in disk(center = (0, 0), radius = 1)"
ANNULUS = f"{DISK} minus disk(center = (0, 0), radius = 0.4)"
SQUARE = "(x, y) in [-1, 1]^2 minus disk(center = (0.1, 0), radius = 0.3)"
L_SHAPE = "(x, y) in polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))"
FOUR = "(x, y) in [-1, 1]^2" + "".join(
    f" minus disk(center = ({x}, {y}), radius = 0.2)" for x in (-0.5, 0.5) for y in (-0.5, 0.5)
)


@dataclass(frozen=True)
class Case:
    """A row of the table.

    Args:
        name: of the row.
        goal: relative L2 error.
        text: of the spec, or the name of one of the gallery.
        elements: finite elements for the same problem; none where none are timed.
    """

    name: str
    goal: float
    text: str
    elements: fem.Plane | None = None

    @property
    def problem(self) -> Problem:
        """The problem."""
        if "\n" in self.text:
            return pdedsl.parse(self.text)
        return pdedsl.load(Path(ROOT) / "specs" / f"{self.text}.pde")


def cases() -> tuple[Case, ...]:
    """All of them."""
    return (
        Case("disk, smooth", 1e-12, SMOOTH.format(where=DISK), fem.SMOOTH_ON_DISK),
        Case("annulus, smooth", 1e-12, SMOOTH.format(where=ANNULUS)),
        Case("square − disk, smooth", 1e-12, SMOOTH.format(where=SQUARE), fem.SMOOTH_AROUND_DISK),
        Case("L-shape, f = 1", 1e-10, UNIT_LOAD.format(where=L_SHAPE), fem.LOAD_ON_L_SHAPE),
        Case("L-shape, variable a, + 4u", 1e-8, VARIABLE.format(where=L_SHAPE),
             fem.VARIABLE_ON_L_SHAPE),
        Case("square − disk, f = 1", 1e-9, UNIT_LOAD.format(where=SQUARE), fem.LOAD_AROUND_DISK),
        Case("square − disk, variable a, + 4u", 1e-7, VARIABLE.format(where=SQUARE),
             fem.VARIABLE_AROUND_DISK),
        Case("poisson_hole", 1e-9, "poisson_hole"),
        Case("inclusion 1/1000", 1e-10, "inclusion"),
        Case("Kirsch plate", 1e-12, "kirsch"),
        Case("four holes, f = 1", 1e-7, UNIT_LOAD.format(where=FOUR)),
        Case("ball − box", 1e-9, BALL),
        Case("heat on a disk", 1e-8, "heat_disk"),
        Case("interface", 1e-12, "interface"),
        Case("Helmholtz on a disk, k = 20", 1e-10, "helmholtz_disk"),
        Case("gear with a hole, f = 1", 1e-6, GEAR),
    )  # fmt: skip
