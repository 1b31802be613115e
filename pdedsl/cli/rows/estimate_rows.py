"""The estimated errors in the table of a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..console import number


def estimate_rows(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text: one row a field, or one that says why there is no estimate."""
    estimate = data.get("estimate")
    if estimate is None:
        return []
    if not estimate["fields"]:
        return [("estimated error", f"not estimated: {estimate['reason']}")]
    rounding = estimate["at_rounding"]
    return [
        (f"estimated error {name}", _at_rounding(own) if rounding else _range(own))
        for name, own in estimate["fields"].items()
    ]


def _range(own: Mapping[str, float]) -> str:
    return f"{number(own['relative'])} ({number(own['lower'])} to {number(own['upper'])})"


def _at_rounding(own: Mapping[str, float]) -> str:
    return f"{number(own['relative'])}, at the level of rounding"
