r"""What laws and data do not tell of unknown numbers, in words.

A direction :math:`δq` that changes nothing leaves two numbers a and b with a combination alone:
their product where :math:`δa/a = -δb/b`, their quotient, sum or difference likewise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SAME = 1e-7  # of changes that are equal but for sign, relative; those of products agree to 1e-9
_PART = 1e-3  # of the largest relative change, below which a number does not change


@dataclass(frozen=True)
class Candidate:
    """A combination of two numbers.

    Args:
        text: ``a*b``, ``a/b``, ``a + b`` or ``a - b``.
        value: of it.
        slopes: its derivatives by the two numbers.
    """

    text: str
    value: float
    slopes: tuple[float, float]


def candidates(values: Mapping[str, float]) -> Iterator[Candidate]:
    """Combinations of two numbers, by name, that may be what is fixed of them."""
    (one, a), (other, b) = values.items()
    yield Candidate(f"{one}*{other}", a * b, (b, a))
    if b:
        yield Candidate(f"{one}/{other}", a / b, (1 / b, -a / b**2))
    yield Candidate(f"{one} + {other}", a + b, (1.0, 1.0))
    yield Candidate(f"{one} - {other}", a - b, (1.0, -1.0))


def unchanged(
    values: Mapping[str, float], changes: Sequence[float], same: float = SAME
) -> Iterator[Candidate]:
    """Combinations of two numbers that changes of these keep, to a relative accuracy."""
    for found in candidates(values):
        parts = [slope * change for slope, change in zip(found.slopes, changes, strict=True)]
        if abs(sum(parts)) <= same * sum(map(abs, parts)):
            yield found


def combination(values: Mapping[str, float], changes: Sequence[float]) -> str:
    """``a*b``, ``a/b``, ``a + b`` or ``a - b``, which changes keep; empty for none of these.

    Args:
        values: of the numbers, by name.
        changes: of each of them, along what is not told.
    """
    moved = moved_by(values, changes)
    if len(moved) != 2:
        return ""
    own = {name: values[name] for name in moved}
    found = next(unchanged(own, list(moved.values())), None)
    return "" if found is None else found.text


def moved_by(
    values: Mapping[str, float],
    changes: Sequence[float],
    guesses: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """The numbers that change, by their own sizes or those of guesses, with their changes."""
    pairs, others = dict(zip(values, changes, strict=True)), guesses or {}
    sizes = {
        name: abs(change) / (max(abs(values[name]), abs(others.get(name, 0.0))) or 1.0)
        for name, change in pairs.items()
    }
    largest = max(sizes.values(), default=0.0)
    return {name: pairs[name] for name, size in sizes.items() if size > _PART * largest}
