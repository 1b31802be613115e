"""Names of units and their sizes, from pint's tables.

Pint is imported where a file has units, which takes 0.4 s, and by nothing else. It knows constants
of physics and old measures by single letters as well (``k`` is Boltzmann's constant, ``c`` the
speed of light, ``a`` a year), so that only the units listed here are taken from it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from .dimension import Dimension

_BASES = {"kilogram": "kg", "meter": "m", "second": "s", "ampere": "A", "kelvin": "K",
          "mole": "mol", "candela": "cd", "radian": ""}  # fmt: skip
_SHARED = frozenset(
    "meter gram second ampere kelvin mole candela newton pascal joule watt volt coulomb farad henry"
    " ohm siemens tesla weber hertz becquerel gray sievert katal liter bar electron_volt watt_hour"
    " molar radian micron poise stokes metric_ton".split()
)
"""Units that bear prefixes."""
_WHOLE = frozenset(
    "minute hour day standard_atmosphere angstrom inch foot yard mile pound force_pound hectare"
    " pound_force_per_square_inch unified_atomic_mass_unit dalton kilometer_per_hour mile_per_hour"
    " knot millimeter_Hg".split()
)
COMMON = tuple(
    "m mm cm km um nm s ms min h day kg g mg K A mol cd N kN Pa kPa MPa GPa J kJ W kW V C F H ohm S"
    " T Wb Hz kHz L bar eV".split()
)
"""Names that a misspelt one is compared with."""
SHIFTED = {"degree_Celsius": "273.15", "degree_Fahrenheit": "", "degree_Rankine": ""}
"""Scales with a zero of their own, and where it lies in kelvin."""


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(non_int_type=Fraction, on_redefinition="ignore")


@cache
def look_up(name: str) -> tuple[Fraction, Dimension] | str | None:
    """Size of a unit in the SI and its dimension.

    Returns:
        None where there is no such unit; the canonical name of a scale with a zero of its own.
    """
    registry = _registry()
    for prefix, unit, _ in registry.parse_unit_name(name):
        if unit in SHIFTED:
            return str(unit)
        if unit in _SHARED or (unit in _WHOLE and not prefix):
            factor, base = registry.get_base_units(f"{prefix}{unit}")
            powers = {_BASES[str(b)]: Fraction(p) for b, p in base._units.items()}
            return Fraction(factor), Dimension.of(powers)
    return None
