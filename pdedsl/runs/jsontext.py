"""JSON that every reader accepts: no NaN, no infinity, no numpy, a stable order."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any


def clean(value: Any) -> Any:
    """The value in terms of dict, list, str, int, float, bool and None.

    Numbers that are not finite become None, because JSON has no word for them.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if hasattr(value, "tolist"):
        return clean(value.tolist())
    number = float(value)
    return number if math.isfinite(number) else None


def dumps(value: Any, indent: int | None = 2) -> str:
    """JSON text of `clean(value)`, keys in the order given."""
    return json.dumps(clean(value), indent=indent, ensure_ascii=False, allow_nan=False)
