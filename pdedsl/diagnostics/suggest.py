"""The declared name nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None when none is close.

    A difference of case alone always counts as close.
    """
    names = sorted(set(known))
    for other in names:
        if other.lower() == name.lower():
            return other
    if len(name) == 1:
        return None  # every short name is near
    cutoff = 0.5 if len(name) <= 3 else 0.65
    # A name half as long is no slip of the finger, however many letters it shares.
    likely = [other for other in names if len(name) <= 3 or 2 * len(other) > len(name)]
    matches = get_close_matches(name, likely, n=1, cutoff=cutoff)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A mend such as ``did you mean a1?``, or None."""
    match = nearest(name, known)
    return f"did you mean {match}?" if match else None
