"""Sets given by inequalities, ``x^2 + y^2 < 1`` or ``0 < x < 1``: the shape that is meant."""

from __future__ import annotations

import re

_SQUARE = re.compile(r"(?:\(\s*)?([^\W\d_]\w*)\s*(?:([-+])\s*([\w.]+)\s*\))?\s*(?:\^\s*2|²)")
_BETWEEN = re.compile(r"(.+?)\s*(?:<=?|≤)\s*([^\W\d_]\w*)\s*(?:<=?|≤)\s*(.+)")
_BELOW = re.compile(r"(.+?)\s*(?:<=?|≤)\s*(.+)")


def meant_set(text: str) -> tuple[tuple[str, ...], str] | None:
    """Coordinates and set of a text of inequalities.

    Args:
        text: such as ``(x - 1)^2 + y^2 < R^2`` or ``0 < x < 1, 0 < y < 2``.

    Returns:
        The names in their order, and the text of a disk, a ball or a box; None where the
        inequalities are others.
    """
    return _ball(text) or _box(text)


def _ball(text: str) -> tuple[tuple[str, ...], str] | None:
    match = _BELOW.fullmatch(text.strip())
    if match is None:
        return None
    squares = [_SQUARE.fullmatch(part.strip()) for part in _summands(match[1])]
    if len(squares) < 2 or not all(squares):
        return None
    found = [s for s in squares if s is not None]
    center = ", ".join(_middle(s[2], s[3]) for s in found)
    shape = "disk" if len(found) == 2 else "ball"
    names = tuple(s[1] for s in found)
    return names, f"{shape}(center = ({center}), radius = {_root(match[2].strip())})"


def _summands(text: str) -> list[str]:
    """The terms of a sum, those in brackets left whole."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _middle(sign: str | None, value: str | None) -> str:
    if value is None:
        return "0"
    return value if sign == "-" else f"-{value}"


def _root(square: str) -> str:
    """The radius of which a text is the square."""
    if square == "1":
        return "1"
    base = re.fullmatch(r"([\w.]+)\s*(?:\^\s*2|²)", square)
    return base[1] if base else f"sqrt({square})"


def _box(text: str) -> tuple[tuple[str, ...], str] | None:
    matches = [_BETWEEN.fullmatch(part.strip()) for part in re.split(r",|\band\b", text)]
    found = [m for m in matches if m is not None]
    if not found or len(found) < len(matches):
        return None
    return tuple(m[2] for m in found), " * ".join(f"[{m[1]}, {m[3]}]" for m in found)
