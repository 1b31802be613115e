"""The rules that a method may list in ``[schedule]``, by their names."""

from __future__ import annotations

from typing import Any

from pdedsl.options.section import kinds_of

from . import ramp
from .rule import Kind

_ALL: tuple[Kind[Any], ...] = (Kind(ramp.RampOptions, ramp.Ramp),)
RULES = {name: kind for kind in _ALL for name in kinds_of(kind.options)}
