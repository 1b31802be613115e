"""Text of a unit, such as ``W/(m K)``, to its size in the SI and its dimension.

A unit is a product of powers: names behind each other or with ``*``, ``^`` and a whole number or a
fraction in brackets, one divisor behind ``/`` or several in brackets. What people read in two ways,
``W/m K``, is refused.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction

from .dimension import NONE, Dimension
from .registry import COMMON, SHIFTED, look_up

_TOKEN = re.compile(r"\s*(?:([^\W\d_²³]+|[µμΩÅ°%]+)|(\d+)|([*·/^()²³−-]))")
_LONGEST = 60  # characters of a unit; †
_LARGEST_POWER = 20  # of an exponent; †
_ANGLES = ("deg", "degree", "degrees", "°")


class UnitFault(Exception):
    """A text that is no unit.

    Args:
        message: what is wrong with it.
        mend: what to write instead of the unit, where that is known.
        scale: the scale with a zero of its own that it names, else empty.
    """

    def __init__(self, message: str, mend: str | None = None, scale: str = "") -> None:
        super().__init__(message)
        self.message, self.mend, self.scale = message, mend, scale


@dataclass(frozen=True)
class Unit:
    """A unit of measurement.

    Args:
        text: as it is written.
        factor: its size in the unit of the SI of its dimension, 1/1000 for mm.
        dimension: products of powers of base units.
    """

    text: str
    factor: Fraction
    dimension: Dimension


def read_unit(text: str) -> Unit:
    """The unit of a text.

    Raises:
        UnitFault: it is none.
    """
    if len(text) > _LONGEST:
        raise UnitFault(f"a unit has at most {_LONGEST} characters")
    reader = _Reader(text)
    factor, dimension = reader.unit()
    if reader.token:
        raise UnitFault(f"'{reader.token}' has no place in the unit '{text}'")
    return Unit(text.strip(), factor, dimension)


_Size = tuple[Fraction, Dimension]


class _Reader:
    """Reads a unit from left to right; ``token`` is the next piece, empty at the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._rest = text.strip()
        self.token = ""
        self._next()

    def _next(self) -> str:
        before, match = self.token, _TOKEN.match(self._rest)
        if match is None and self._rest:
            raise UnitFault(f"'{self._rest[0]}' stands in no unit")
        self.token = match[0].strip() if match else ""
        self._rest = self._rest[match.end() :] if match else ""
        return before

    def unit(self) -> _Size:
        """A product, with its divisors."""
        factor, dimension = self._power()
        divided = ""
        while self.token and self.token != ")":
            if self.token == "/":
                self._next()
                divided = self.token
                by = self._power()
                factor, dimension = factor / by[0], dimension / by[1]
                continue
            if divided:
                raise self._ambiguous()
            if self.token in "*·":
                self._next()
            more = self._power()
            factor, dimension = factor * more[0], dimension * more[1]
        return factor, dimension

    def _ambiguous(self) -> UnitFault:
        before, _, after = self.text.strip().partition("/")
        mend = f"{before}/({after})" if not set("()/") & set(after) else None
        return UnitFault(f"'{self.text}' can be read in two ways: what is divided by?", mend)

    def _power(self) -> _Size:
        factor, dimension = self._atom()
        if self.token in ("²", "³"):
            exponent = Fraction(2 if self._next() == "²" else 3)
        elif self.token == "^":
            self._next()
            exponent = self._exponent()
        elif self.token.isdigit():
            raise UnitFault("powers are written with ^, as in m^2")
        else:
            return factor, dimension
        if abs(exponent) > _LARGEST_POWER:
            raise UnitFault(f"no unit has the power {exponent}")
        if exponent.denominator == 1:
            return factor ** int(exponent), dimension**exponent
        if factor != 1:
            raise UnitFault("only units of the SI have powers that are fractions")
        return factor, dimension**exponent

    def _atom(self) -> _Size:
        token = self._next()
        if token == "(":
            found = self.unit()
            if self._next() != ")":
                raise UnitFault(f"a bracket is not closed in the unit '{self.text}'")
            return found
        if token == "1":
            return Fraction(1), NONE
        if not token or not (token.isalpha() or token in ("°", "%")):
            raise UnitFault(f"'{self.text}' is no unit: a name such as m is missing")
        return self._named(token)

    def _named(self, token: str) -> _Size:
        if token == "°" and self.token in ("C", "F"):
            token += self._next()
        token = {"°C": "degC", "°F": "degF", "°K": "K"}.get(token, token)
        if token in _ANGLES:
            raise UnitFault("angles are numbers, in radians: write 30*pi/180 for 30 degrees")
        found = None if token == "%" else look_up(token)
        if isinstance(found, str):
            at = f", which lies at {SHIFTED[found]} K" if SHIFTED[found] else ""
            raise UnitFault(f"{token} has a zero of its own{at}", "K", found)
        if found is None:
            near = difflib.get_close_matches(token, COMMON, 1)
            near = [token.lower()] if isinstance(look_up(token.lower()), tuple) else near
            raise UnitFault(f"'{token}' is no unit that is known here", near[0] if near else None)
        return found

    def _exponent(self) -> Fraction:
        if self.token != "(":
            return Fraction(self._whole())
        self._next()
        exponent = Fraction(self._whole())
        if self.token == "/":
            self._next()
            below = self._whole()
            if not below:
                raise UnitFault("an exponent is divided by 0")
            exponent /= below
        if self._next() != ")":
            raise UnitFault(f"a bracket is not closed in the unit '{self.text}'")
        return exponent

    def _whole(self) -> int:
        sign = -1 if self.token in ("-", "−") else 1
        if sign < 0:
            self._next()
        if not self.token.isdigit() or len(self.token) > 3:
            raise UnitFault("an exponent is a whole number, or a fraction in brackets")
        return sign * int(self._next())
