"""Names such as ``u_xxt``: a field followed by coordinates."""

from __future__ import annotations

from collections.abc import Collection


def split_derivative(
    name: str, fields: Collection[str], coordinates: Collection[str]
) -> tuple[str, tuple[str, ...]] | None:
    """Read a name as a derivative: the longest field, and the coordinates behind it.

    Coordinates in a suffix have one letter, or are Greek letters by their names
    (``u_xi``). Returns None where the name does not read as a derivative, or where its
    suffix reads in more than one way.
    """
    readings = readings_of(name, fields, coordinates)
    return readings[0] if len(readings) == 1 else None


def readings_of(
    name: str, fields: Collection[str], coordinates: Collection[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """All readings as a derivative of the longest field that gives any (at most two)."""
    candidates = [f for f in fields if name.startswith(f + "_")]
    for field in sorted(candidates, key=len, reverse=True):
        if found := _segment(name[len(field) + 1 :], coordinates):
            return [(field, reading) for reading in found]
    return []


def _segment(suffix: str, coordinates: Collection[str]) -> list[tuple[str, ...]]:
    """All ways to write the suffix as a row of coordinates (at most two are returned)."""
    if len(suffix) > 32:
        return []
    letters = [name for name in sorted(coordinates) if len(name) == 1 or name in GREEK]
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in suffix)]
    for end in range(1, len(suffix) + 1):
        for name in letters:
            if suffix.endswith(name, 0, end):
                ways[end] += [(*before, name) for before in ways[end - len(name)]]
        ways[end] = ways[end][:2]
    return ways[-1] if suffix else []


GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron "
    "pi rho sigma tau upsilon phi chi psi omega".split()
)
