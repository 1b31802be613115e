"""Lines that say the outputs of a solution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..console import number


def output_rows(outputs: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Label and text of each line; ``outputs`` is that of `Solution.summary()`."""
    return [(f"output {name}", _text(entry)) for name, entry in outputs.items()]


def _text(entry: Mapping[str, Any]) -> str:
    value = entry["value"]
    if not math.isfinite(value):
        return "no number: something in it is not finite, such as a logarithm of a negative number"
    text = f"{value:.10g}"
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
