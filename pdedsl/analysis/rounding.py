"""Numbers as a reader wants them."""

from __future__ import annotations

from math import inf


def number(value: float, digits: int = 4) -> str:
    """So many significant digits where that is short, else a power of ten with three."""
    if value == inf:
        return "∞"
    if value == 0 or 1e-3 <= abs(value) < 10.0**digits:
        return f"{value:.{digits}g}"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
