"""Numbers and fields of a fit with their standard deviations, in the table of a result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pdedsl.diagnostics.deviation_text import with_deviation

from ..console import number
from .output_rows import unit_text

Data = Mapping[str, Any]
_CORRELATED = 0.9  # from which on two numbers are seldom read one by one; a choice


def deviation_rows(data: Data) -> list[tuple[str, str]]:
    """A row for each field that the noise of data moves."""
    found = data.get("field_deviations") or {}
    why = "of its size by the noise of the data (one standard deviation)"
    return [(f"deviation {name}", f"{number(own)} {why}") for name, own in found.items()]


def noise_rows(data: Data) -> list[tuple[str, str]]:
    """A row for each fit that states its noise: χ², its degrees of freedom and its probability."""
    return [(f"chi² {own['label']}", _chi_square(own)) for own in data.get("chi_squares") or []]


def _chi_square(own: Data) -> str:
    free, chance = own["degrees_of_freedom"], own["p_value"]
    text = f"{own['value']:.4g} of {free:.4g}"
    if chance is None:
        return f"{text}, as the numbers follow all data"
    return f"{text} (p {'< 1e-16' if chance < 1e-16 else f'= {chance:.2g}'})"


def correlation_rows(data: Data) -> list[tuple[str, str]]:
    """A row for each two numbers whose errors go together, and for what is fixed of them."""
    rows = [
        (f"{' and '.join(own['numbers'])}", f"their errors have a correlation of {value:.3f}")
        for own in data.get("unknown_correlations") or []
        if abs(value := own["correlation"]) > _CORRELATED
    ]
    if best := data.get("unknown_combination"):
        text = with_deviation(best["value"], best["deviation"])
        rows.append((best["text"], f"{text} is fixed far better than {_both(best['numbers'])}"))
    return rows


def _both(names: list[str]) -> str:
    """``k and r``, ``a, b and c``."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def found_number(name: str, value: float, data: Data) -> str:
    """An unknown number with its deviation, and with its error where it is known."""
    known = data["unknown_errors"].get(name)
    deviation = (data.get("unknown_deviations") or {}).get(name)
    text, noted = f"{value:.6g}", []
    if deviation is not None and math.isfinite(deviation):
        text = with_deviation(value, deviation)
        noted += ["one standard deviation"] if "±" in text else []
    if known is not None:
        error = f"error {number(known['absolute'])}"
        if math.isfinite(known["relative"]):
            error = f"relative error {number(known['relative'])}"
        noted += [f"exact {known['exact']:.6g}", error]
    text += unit_text(data.get("units") or {}, name)
    return f"{text} ({', '.join(noted)})" if noted else text
