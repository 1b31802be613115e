"""What is said of estimated Laplacians at the end of a solve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..console import number

_BIAS = (
    "the mean of a squared estimate is the square plus the variance, E[r̂²] = r² + Var r̂, so that "
    "the loss holds the variance as a bias"
)
_FIXED = "; with sampling.resample = 0 the directions are the same all the time, and are fitted"


def estimator_rows(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of each line; ``data`` is `Solution.summary()`."""
    found, biased = [], False
    for label, entry in (data.get("estimators") or {}).items():
        if entry["kind"] == "exact":
            found.append((f"Laplacian {label}", f"exact: {entry['reason']}"))
            continue
        biased = True
        text = (
            f"{entry['kind']}, {entry['directions']} directions for {entry['derivatives']} second "
            f"derivatives, standard error {number(entry['standard_error'])}, "
            f"relative {number(entry['relative'])}"
        )
        text += f" ({entry['reason']})" if entry["reason"] else ""
        how = "estimated" if entry["rms"] is None else "taken without the estimate"
        found.append((f"Laplacian {label}", f"{text}; rms {label} is {how}"))
    if biased:
        fixed = not data["settings"]["sampling"]["resample"]
        found.append(("bias", _BIAS + _FIXED * fixed))
    return found
