"""Units behind the names on the axes and titles of pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .style import tex

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_POWER = re.compile(r"\^(-?\d+)")
_DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def show_units(made: Figure, units: Mapping[str, str]) -> None:
    """Write ``x [m]`` where an axis, a bar of colours or a title is named ``x``, once.

    Args:
        made: the figure.
        units: name to its unit; names with the unit 1 stay as they are.
    """
    named = {tex(name): f"{tex(name)} [{_text(unit)}]" for name, unit in units.items()}
    named = {old: new for old, new in named.items() if not new.endswith("[1]")}
    for panel in made.axes:
        panels: list[Any] = [panel, *panel.child_axes]
        for own in panels:
            for text in (own.xaxis.label, own.yaxis.label, own.title):
                text.set_text(_with_units(text.get_text(), named))


def _with_units(text: str, named: Mapping[str, str]) -> str:
    """The text with the unit behind a name that it is, or that it begins with."""
    head, comma, rest = text.partition(",")
    return named.get(head, head) + comma + rest


def _text(unit: str) -> str:
    """Powers as they are set: ``m^2/s`` is m²/s."""
    return _POWER.sub(lambda found: found[1].translate(_DIGITS), unit)
