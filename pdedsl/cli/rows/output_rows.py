"""Lines that say the outputs of a solution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..console import number


def output_rows(
    outputs: Mapping[str, Mapping[str, Any]], units: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Label and text of each line; ``outputs`` and ``units`` are those of `Solution.summary()`."""
    return [(f"output {name}", _text(own, unit_text(units, name))) for name, own in outputs.items()]


def unit_text(units: Mapping[str, str], name: str) -> str:
    """The unit of a name with a space before it, nothing where it has none."""
    unit = units.get(name, "1")
    return "" if unit == "1" else f" {unit}"


def _text(entry: Mapping[str, Any], unit: str) -> str:
    value = entry["value"]
    if not math.isfinite(value):
        return "no number: something in it is not finite, such as a logarithm of a negative number"
    text = f"{value:.10g}{unit}"
    if "at" in entry:
        text += " at " + ", ".join(f"{axis} = {x:.6g}" for axis, x in entry["at"].items())
    notes = []
    if "exact" in entry:
        notes.append(f"exact {entry['exact']:.10g}, error {number(entry['error'])}")
    if "estimate" in entry:
        notes.append(f"estimated error {number(abs(entry['estimate']))}")
    if "quadrature_error" in entry:
        notes.append(f"integrals to {number(entry['quadrature_error'])} only")
    return f"{text} ({'; '.join(notes)})" if notes else text
