"""Dimensions: products of powers of the seven base units of the SI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

_ORDER = ("kg", "m", "s", "A", "K", "mol", "cd")
_DERIVED: dict[str, dict[str, int]] = {
    "N": {"kg": 1, "m": 1, "s": -2},
    "Pa": {"kg": 1, "m": -1, "s": -2},
    "J": {"kg": 1, "m": 2, "s": -2},
    "W": {"kg": 1, "m": 2, "s": -3},
    "C": {"A": 1, "s": 1},
    "V": {"kg": 1, "m": 2, "s": -3, "A": -1},
    "ohm": {"kg": 1, "m": 2, "s": -3, "A": -2},
    "S": {"kg": -1, "m": -2, "s": 3, "A": 2},
    "F": {"kg": -1, "m": -2, "s": 4, "A": 2},
    "H": {"kg": 1, "m": 2, "s": -2, "A": -2},
    "T": {"kg": 1, "s": -2, "A": -1},
    "Wb": {"kg": 1, "m": 2, "s": -2, "A": -1},
}
"""Units of the SI with names of their own, which make texts short."""


@dataclass(frozen=True)
class Dimension:
    """A product of powers of base units; ``str`` gives its unit in the SI, ``W/(m K)``.

    Args:
        powers: base unit and exponent, without zeros, in the order of the SI.
    """

    powers: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of(cls, powers: Mapping[str, Fraction | int]) -> Dimension:
        """The dimension with these exponents of base units."""
        return cls(tuple((b, Fraction(powers[b])) for b in _ORDER if powers.get(b)))

    def __mul__(self, other: Dimension) -> Dimension:
        found = dict(self.powers)
        for base, power in other.powers:
            found[base] = found.get(base, Fraction(0)) + power
        return Dimension.of(found)

    def __pow__(self, exponent: Fraction | int) -> Dimension:
        return Dimension.of({base: power * exponent for base, power in self.powers})

    def __truediv__(self, other: Dimension) -> Dimension:
        return self * other**-1

    def __bool__(self) -> bool:
        return bool(self.powers)

    def __str__(self) -> str:
        return _text(min(self._spellings(), key=_length))

    def _spellings(self) -> Iterator[tuple[tuple[str, Fraction], ...]]:
        """By base units, and by one derived unit in place of kilogram and second."""
        yield self.powers
        for sign in (1, -1):
            for name, parts in _DERIVED.items():
                rest = self / Dimension.of(parts) ** sign
                if not {"kg", "s"} & {base for base, _ in rest.powers}:
                    yield ((name, Fraction(sign)), *rest.powers)


NONE = Dimension()
"""Of pure numbers."""


def _length(powers: tuple[tuple[str, Fraction], ...]) -> Fraction:
    return sum((abs(power) for _, power in powers), Fraction(0))


def _text(powers: tuple[tuple[str, Fraction], ...]) -> str:
    above = [_power(name, power) for name, power in powers if power > 0]
    below = [_power(name, -power) for name, power in powers if power < 0]
    over = " ".join(above) or "1"
    if not below:
        return over
    return f"{over}/{below[0]}" if len(below) == 1 else f"{over}/({' '.join(below)})"


def _power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}^{power}" if power.denominator == 1 else f"{name}^({power})"
