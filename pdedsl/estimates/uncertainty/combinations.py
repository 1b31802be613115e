r"""The combination of numbers that a fit fixes far better than each of them.

With deviations σ and the correlation matrix R of numbers q the least eigenvalue λ of R, with the
vector v, belongs to the combination

.. math:: \sum_i c_i q_i, \qquad c_i = v_i/σ_i, \qquad
   \mathrm{Var} = λ \text{ where uncorrelated numbers would give } 1.

It is told as a product or quotient of two numbers where that is nearly as well fixed, as users
think of these, and as a sum with factors else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pdedsl.geometry.arrays import Array

from .unseen import Candidate, candidates, unchanged

_BETTER = 1e-2
"""Least eigenvalue of the correlations up to which a combination is told, which then is known ten
times better than by chance: two numbers with a correlation of 0.99. A choice."""
_NAMED = 5.0  # times the least deviation up to which a product or quotient is told; a choice
_PLAIN = 1.5  # the same for a sum or difference without factors
_PART = 0.05  # of the largest entry of v, below which a number is no part; a choice
_ROUNDED = 1.05  # times the deviation that rounded factors may cost
_DIGITS = 9  # of factors at most


@dataclass(frozen=True)
class Combination:
    """What a fit fixes of several numbers.

    Args:
        numbers: their names.
        text: such as ``9.87*k - r``.
        value: of it.
        deviation: one standard deviation of it.
    """

    numbers: tuple[str, ...]
    text: str
    value: float
    deviation: float


def fixed_combination(values: Mapping[str, float], root: Array) -> Combination | None:
    """The combination that is fixed best; None where the numbers are fixed one by one.

    Args:
        values: of the numbers, by name.
        root: C of their covariance C Cᵀ, in their units, shape (n, k): of the covariance itself
            rounding leaves nothing of a combination that is 10⁸ times better.
    """
    deviations = np.linalg.norm(root, axis=1)
    kept = np.flatnonzero((deviations > 0) & np.isfinite(deviations))
    if len(kept) < 2:
        return None
    vector, least = _best(root[kept])
    if least**2 > _BETTER:
        return None
    parts = kept[np.abs(vector) > _PART * np.abs(vector).max()]
    own = _Numbers(
        {name: values[name] for name in np.array(list(values))[parts].tolist()}, root[parts]
    )
    return own.named() or own.linear()


def kept_combination(
    values: Mapping[str, float], moved: Mapping[str, float], root: Array, same: float
) -> Combination | None:
    """What two numbers keep along a direction that changes nothing; None for more of them.

    Args:
        values: of the numbers, by name.
        moved: changes of those that change, by name.
        root: as above, without that direction.
        same: changes of the combination that are none, relative.
    """
    if len(moved) != 2:
        return None
    rows = [list(values).index(name) for name in moved]
    own = _Numbers({name: values[name] for name in moved}, root[rows])
    first, second = moved.values()
    found = next(unchanged(own.values, (first, second), same), None)
    return own.made(found) if found is not None else own.sum_of([second, -first], 4)


def linear_text(names: Sequence[str], factors: Sequence[float], digits: int = 4) -> str:
    """``9.87*k - r``: a sum with factors of so many digits, the least of which is 1."""
    terms = []
    for name, factor in zip(names, _scaled(factors), strict=True):
        size = f"{abs(factor):.{digits}g}"
        sign = "-" if factor < 0 else "+"
        terms.append(f"{sign} {name}" if size == "1" else f"{sign} {size}*{name}")
    return " ".join(terms).removeprefix("+ ")


def _scaled(factors: Sequence[float]) -> Array:
    """Factors of which the least is 1 or −1, and the first is positive."""
    own = np.asarray(factors, dtype=float)
    return np.asarray(own / np.abs(own).min() * np.sign(own[0]))


def _best(root: Array) -> tuple[Array, float]:
    """The direction of least deviation in units of those of the numbers, and that deviation."""
    found, sizes, _ = np.linalg.svd(root / np.linalg.norm(root, axis=1)[:, None])
    return found[:, -1], float(sizes[-1]) if len(sizes) == len(root) else 0.0


@dataclass(frozen=True)
class _Numbers:
    """Some numbers by name, and the root of their covariance, shape (n, k)."""

    values: Mapping[str, float]
    root: Array

    def named(self) -> Combination | None:
        """A product, quotient, sum or difference of two numbers that is nearly as well fixed."""
        if len(self.values) != 2:
            return None
        least = _best(self.root)[1]
        for found in candidates(self.values):
            most = _PLAIN if " " in found.text else _NAMED
            made = self.made(found)
            if made.deviation <= most * least * self._of_chance(np.array(found.slopes)):
                return made
        return None

    def made(self, found: Candidate) -> Combination:
        deviation = self._deviation(np.array(found.slopes))
        return Combination(tuple(self.values), found.text, found.value, deviation)

    def linear(self) -> Combination:
        """The sum with factors that is fixed best."""
        return self.sum_of((_best(self.root)[0] / np.linalg.norm(self.root, axis=1)).tolist())

    def sum_of(self, factors: Sequence[float], digits: int = 3) -> Combination:
        """A sum with so many digits of the factors as its deviation needs, and some at least."""
        exact = _scaled(factors)
        least = self._deviation(exact)
        for places in range(digits, _DIGITS + 1):
            rounded = np.array([float(f"{factor:.{places}g}") for factor in exact])
            if (deviation := self._deviation(rounded)) <= _ROUNDED * least:
                break
        value = float(rounded @ np.array(list(self.values.values())))
        text = linear_text(list(self.values), rounded.tolist(), places)
        return Combination(tuple(self.values), text, value, deviation)

    def _deviation(self, slopes: Array) -> float:
        return float(np.linalg.norm(slopes @ self.root))

    def _of_chance(self, slopes: Array) -> float:
        """The deviation without correlations."""
        return float(np.linalg.norm(slopes * np.linalg.norm(self.root, axis=1)))
