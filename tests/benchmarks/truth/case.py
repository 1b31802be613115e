"""A problem with what is true of its solution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """The value of a field at a point, by a closed form, a series, or another solver.

    Where it is that of an unknown number there is no point.
    """

    at: Mapping[str, float]
    field: str
    value: float


@dataclass(frozen=True)
class Case:
    """A spec and its truth.

    Args:
        kind: of what is easily got wrong.
        name: of the case.
        text: the spec.
        truths: values; none where there is no solution, or more than one.
        offset: what the size of the values is measured from.
        files: contents of data files, by name.
    """

    kind: str
    name: str
    text: str
    truths: tuple[Truth, ...] = field(default=())
    offset: float = 0.0
    files: Mapping[str, str] = field(default_factory=dict)

    def errors(self, values: Sequence[float]) -> list[float]:
        """Relative errors of values at the points of the truths."""
        sizes = (abs(truth.value - self.offset) or 1.0 for truth in self.truths)
        pairs = zip(self.truths, values, strict=True)
        return [abs(v - t.value) / size for (t, v), size in zip(pairs, sizes, strict=True)]

    def error(self, values: Sequence[float]) -> float:
        """The largest of them."""
        return max(self.errors(values))
