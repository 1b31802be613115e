"""A number with its standard deviation, in as many digits as that leaves."""

from __future__ import annotations

import math


def with_deviation(value: float, deviation: float) -> str:
    """``0.0123 ± 0.0004``: the deviation to two digits if the first is 1, else one; 6 of value."""
    if not deviation > 0:
        return f"{value:.6g}"
    place = math.floor(math.log10(deviation))
    digits = max(0, -place + (deviation / 10.0**place < 2))
    if digits > 9 or abs(value) >= 1e6:
        return f"{value:.6g} ± {deviation:.1g}"
    return f"{value:.{digits}f} ± {deviation:.{digits}f}"
