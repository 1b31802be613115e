"""Texts of units, and dimensions as they are printed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.units import Dimension, UnitFault, read_unit

KNOWN = {
    "m": (1, "m"), "mm": ("1/1000", "m"), "W/(m K)": (1, "W/(m K)"), "km/h": ("5/18", "m/s"),
    "W/m²": (1, "W/m^2"), "kg m^-1 s^-2": (1, "Pa"), "N m": (1, "J"), "1/s": (1, "1/s"),
    "Hz": (1, "1/s"), "m/s/s": (1, "m/s^2"), "mm^2": ("1/1000000", "m^2"), "L": ("1/1000", "m^3"),
    "g/cm^3": (1000, "kg/m^3"), "m^(1/2)": (1, "m^(1/2)"), "min": (60, "s"), "MPa": (10**6, "Pa"),
    "1": (1, "1"), "µm": ("1/1000000", "m"), "Ω": (1, "ohm"), "seconds": (1, "s"), "rad": (1, "1"),
    "kWh": (3600000, "J"), "W*s": (1, "J"), "mol/L": (1000, "mol/m^3"),
}  # fmt: skip


@pytest.mark.parametrize("text", KNOWN)
def test_sizes_and_dimensions(text):
    unit = read_unit(text)
    size, dimension = KNOWN[text]
    assert (unit.factor, str(unit.dimension)) == (Fraction(size), dimension)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("W/m K", "two ways"), ("k", "no unit"), ("c", "no unit"), ("a", "no unit"),
        ("degC", "273.15"), ("°C", "273.15"), ("°F", "zero of its own"), ("deg", "radians"),
        ("m2", r"\^"), ("", "no unit"), ("5 m", "no unit"), ("m/", "no unit"), ("(m", "not closed"),
        ("m)", "no place"), ("m^99", "power"), ("m^x", "whole"), ("m^(1/0)", "by 0"),
        ("m;s", "stands in no unit"), ("m" * 80, "at most"), ("kmin", "no unit"), ("%", "no unit"),
        ("mm^(1/2)", "fractions"), ("dB", "no unit"), ("G", "no unit"),
    ],
)  # fmt: skip
def test_what_is_none_is_told(text, message):
    """Boltzmann's constant, the speed of light, years and gauss are in pint's tables as well."""
    with pytest.raises(UnitFault, match=message):
        read_unit(text)


bases = ["kg", "m", "s", "A", "K", "mol", "cd"]
dimensions = st.dictionaries(st.sampled_from(bases), st.integers(-4, 4)).map(Dimension.of)


@given(dimensions)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_what_is_printed_is_read_back(dimension):
    unit = read_unit(str(dimension))
    assert (unit.factor, unit.dimension) == (1, dimension)


@given(dimensions, dimensions, st.integers(-3, 3))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_dimensions_are_a_group(one, other, power):
    assert (one * other) / other == one
    assert (one * other) ** power == one**power * other**power
