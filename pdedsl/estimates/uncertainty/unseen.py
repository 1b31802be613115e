r"""What laws and data do not tell of unknown numbers, in words.

A direction :math:`δq` that changes nothing leaves two numbers a and b with a combination alone:
their product where :math:`δa/a = -δb/b`, their quotient, sum or difference likewise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SAME = 1e-7  # of changes that are equal but for sign, relative; those of products agree to 1e-9
_PART = 1e-3  # of the largest relative change, below which a number does not change


def combination(values: Mapping[str, float], changes: Sequence[float]) -> str:
    """``a*b``, ``a/b``, ``a + b`` or ``a - b``, which changes keep; empty for none of these.

    Args:
        values: of the numbers, by name.
        changes: of each of them, along what is not told.
    """
    moved = moved_by(values, changes)
    if len(moved) != 2:
        return ""
    (one, first), (other, second) = moved.items()
    a, b = values[one], values[other]
    kept = {f"{one}*{other}": first * b + second * a, f"{one}/{other}": first * b - second * a}
    size = abs(first * b) + abs(second * a)
    found = [text for text, change in kept.items() if abs(change) <= _SAME * size]
    if found:
        return found[0]
    kept = {f"{one} + {other}": first + second, f"{one} - {other}": first - second}
    size = abs(first) + abs(second)
    return next((text for text, change in kept.items() if abs(change) <= _SAME * size), "")


def moved_by(values: Mapping[str, float], changes: Sequence[float]) -> dict[str, float]:
    """The numbers that change, by their own sizes, with their changes."""
    pairs = dict(zip(values, changes, strict=True))
    sizes = {name: abs(change) / (abs(values[name]) or 1.0) for name, change in pairs.items()}
    largest = max(sizes.values(), default=0.0)
    return {name: pairs[name] for name, size in sizes.items() if size > _PART * largest}
