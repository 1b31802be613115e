r"""Linear equations between exponents of base units, solved one after another.

The unit of an expression is a product of powers of base units and of the units of names that have
none stated, :math:`\\prod_b b^{p_b} \\prod_x [x]^{q_x}`. That two expressions have one unit is an
equation for the exponents, which gives the unit of a name, or is true, or is false. The names that
are known are put into those found before, so that each equation is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from pdedsl.units import NONE, Dimension


@dataclass(frozen=True)
class Degree:
    """A unit: of base units, and of names whose units are not known.

    Args:
        dimension: powers of base units.
        names: name to its exponent, without zeros.
    """

    dimension: Dimension = NONE
    names: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of_name(cls, name: str) -> Degree:
        """The unit of a name that is not known."""
        return cls(NONE, ((name, Fraction(1)),))

    def __mul__(self, other: Degree) -> Degree:
        names = dict(self.names)
        for name, power in other.names:
            names[name] = names.get(name, Fraction(0)) + power
        kept = tuple(sorted((n, p) for n, p in names.items() if p))
        return Degree(self.dimension * other.dimension, kept)

    def __pow__(self, exponent: Fraction | int) -> Degree:
        power = Fraction(exponent)
        names = tuple((name, p * power) for name, p in self.names) if power else ()
        return Degree(self.dimension**power, names)

    def __truediv__(self, other: Degree) -> Degree:
        return self * other**-1

    def __str__(self) -> str:
        """``m^2/s``, with the units of names in words."""
        parts = [f"the unit of {name}{_exponent(power)}" for name, power in self.names]
        if not parts:
            return str(self.dimension) if self.dimension else "no unit"
        own = [str(self.dimension)] if self.dimension else []
        return " times ".join([*own, *parts])


def _exponent(power: Fraction) -> str:
    return "" if power == 1 else f" to the power {power}"


PURE = Degree()
"""Of pure numbers."""


@dataclass
class Units:
    """Units of names, found by what is asked of them.

    Attributes:
        found: name to its unit, in base units and the units of names that are not found.
    """

    found: dict[str, Degree] = field(default_factory=dict)

    def reduced(self, degree: Degree) -> Degree:
        """The same unit with what is known of its names."""
        result = Degree(degree.dimension)
        for name, power in degree.names:
            result = result * self.found.get(name, Degree.of_name(name)) ** power
        return result

    def equal(self, left: Degree, right: Degree) -> bool:
        """Ask that two units are one; False where they cannot be."""
        quotient = self.reduced(left / right)
        if not quotient.names:
            return not quotient.dimension
        name, power = quotient.names[-1]
        value = (Degree.of_name(name) ** power / quotient) ** (1 / power)
        self.found[name] = value
        for other, degree in self.found.items():
            self.found[other] = self.reduced(degree)
        return True
