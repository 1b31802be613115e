"""The bounds of errors in the table of a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..console import number


def bound_rows(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text: one row a field, and one of the theorem; none where nothing is proved."""
    bound = data.get("bound")
    if bound is None or not bound["fields"]:
        return []
    how = "guaranteed" if bound["guaranteed"] else "up to quadrature"
    found = [
        (f"error bound {name}", f"{_size(own)}, {how}") for name, own in bound["fields"].items()
    ]
    text = f"{bound['theorem']}: {bound['inequality']}; ‖r‖ ≤ {number(bound['residual'])}"
    if not bound["guaranteed"]:
        text = text.replace("‖r‖ ≤ ", "‖r‖ = ")
    return [*found, ("bound by", f"{text}, conditions add {number(bound['conditions'])}")]


def _size(own: Mapping[str, float | None]) -> str:
    if own["relative"] is None:
        return f"{number(own['l2'])} in absolute terms"
    return number(own["relative"])
