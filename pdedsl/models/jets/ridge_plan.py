"""Which numbers M the channels of a first layer need, and where they go; see `ridge`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from .jet_table import JetTable, Monomials, Selection, steps_to
from .multiindices import factorial_of

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, eq=False)
class Degree:
    """The numbers M of one degree k.

    Args:
        degree: k.
        left: rows of the products of k − 1 factors that those of k factors start with; for k = 2
            rows of h; for k = 1 empty.
        right: rows of h that they end with.
        matrix: M from the products; None where they are the products themselves.
        runs: place in the result, place among the M of this degree, and number of rows one after
            another, and whether they are the first terms there.
    """

    degree: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    matrix: Matrix | None
    runs: tuple[tuple[int, int, int, bool], ...]


@dataclass(frozen=True, eq=False)
class RidgePlan:
    """What a selection of channels needs.

    Args:
        rows: the number of channels in the result.
        value: whether the first one is the value.
        axes: the inputs whose slopes are needed.
        degrees: for k = 1, 2, …; those without M have no runs.
        sums: the result from the value and all terms M σ^(k), where it is not these themselves.
    """

    rows: int
    value: bool
    axes: tuple[int, ...]
    degrees: tuple[Degree, ...]
    sums: Matrix | None

    @property
    def used(self) -> tuple[Degree, ...]:
        """The degrees that have M."""
        return tuple(degree for degree in self.degrees if degree.runs)


@lru_cache(maxsize=512)
def ridge_plan(table: JetTable, rows: Selection) -> RidgePlan:
    """The plan for channels of a table."""
    taylor = table.taylor_rows()
    terms: list[tuple[int, int, Monomials]] = []
    for place in range(rows.value, len(rows)):
        found: dict[int, Monomials] = {}
        for index, weight in taylor[rows.channels[place]].items():
            monomial = tuple(i for i, power in enumerate(index) for _ in range(power))
            found.setdefault(len(monomial), {})[monomial] = weight / factorial_of(index)
        terms += [(degree, place, own) for degree, own in found.items()]
    terms.sort(key=lambda term: term[:2])
    axes = sorted({axis for *_, own in terms for monomial in own for axis in monomial})
    local = [{tuple(map(axes.index, m)): c for m, c in own.items()} for *_, own in terms]
    degrees, begun = [], set()
    for k, (left, right, every) in enumerate(_products(local, len(axes)), start=1):
        own = [number for number, (degree, *_) in enumerate(terms) if degree == k]
        places = [terms[number][1] for number in own]
        fresh = [place not in begun for place in places]
        begun.update(places)
        matrix = _unless_unit(tuple(every[number] for number in own))
        degrees.append(Degree(k, left, right, matrix, _runs(places, fresh)))
    order = [0] * rows.value + [place for _, place, _ in terms]
    sums: Matrix | None = None
    if order != list(range(len(rows))):
        sums = tuple(tuple(float(place == row) for place in order) for row in range(len(rows)))
    return RidgePlan(len(rows), rows.value, tuple(axes), tuple(degrees), sums)


def _products(
    terms: Sequence[Monomials], axes: int
) -> list[tuple[tuple[int, ...], tuple[int, ...], Matrix]]:
    """Left and right factors for each degree, and the matrix to all terms."""
    first = tuple(tuple(own.get((axis,), 0.0) for axis in range(axes)) for own in terms)
    steps = [(step.left, step.right, step.matrix) for step in steps_to(terms)]
    return [((), (), first), *steps] if axes else []


def _unless_unit(matrix: Matrix) -> Matrix | None:
    unit = all(c == (i == j) for i, row in enumerate(matrix) for j, c in enumerate(row))
    return None if unit and (not matrix or len(matrix) == len(matrix[0])) else matrix


def _runs(places: Sequence[int], fresh: Sequence[bool]) -> tuple[tuple[int, int, int, bool], ...]:
    rows = enumerate(zip(places, fresh, strict=True))
    out = []
    for (_, new), run in groupby(rows, key=lambda row: (row[1][0] - row[0], row[1][1])):
        (number, (place, _)), *rest = run
        out.append((place, number, 1 + len(rest), new))
    return tuple(out)
