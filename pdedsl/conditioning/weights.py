r"""Weights of the conditions that make A(λ) as well conditioned as they can.

On the complement of the common kernel, λ_max(A) is a convex and λ_min(A) a concave function of
the weights, as the largest and smallest of functions xᵀA(λ)x that are linear in them. So the sets
{κ ≤ c} = {λ_max − c λ_min ≤ 0} are convex: κ is quasi-convex, every local minimum is global, and
along a line it falls and then rises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, log

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from pdedsl.conditioning.arrays import Array

from .gram import Gram, stack_terms
from .spectrum import numerical_rank, reduce_rows, stack_normalised
from .weight_search import Search

_DECADES = 10
_SCAN = 21
_VALLEY = 1.1
_CLOSE = 1.01
_MOST_FREE = 8
_WORK = 3e9  # evaluations × rows × P² of a search for several weights: a few seconds
_AT_ONCE = 2**20  # numbers of matrices whose singular values are found by one call, 8 MB


@dataclass(frozen=True)
class BestWeight:
    """The best common weight of all conditions.

    Args:
        weight: λ; 1 where there is nothing to weigh.
        kappa: κ(A(λ)) there.
        valley: the interval of λ with κ within 10 % of the best; 0 and infinity stand for ends
            beyond the range that was searched.
        kappa_at_one: κ(A(1)).
    """

    weight: float
    kappa: float
    valley: tuple[float, float]
    kappa_at_one: float


@dataclass(frozen=True)
class BestWeights:
    """The best weight of each law.

    Args:
        weights: label to λ, for all laws.
        kappa: κ(A(λ)) there.
        common: the best common weight.
        note: why the search was left out or cut short, or that it gained nothing; empty where
            there is nothing to say.
    """

    weights: dict[str, float]
    kappa: float
    common: BestWeight
    note: str = ""


class Pencil:
    """κ(Σ_l λ_l A_l) on the complement of the common kernel of the parts.

    Args:
        factors: R_l with A_l = R_lᵀR_l, each of shape (rows, P).
        parts: factors with the same common kernel that tell its size, such as those of single
            laws where ``factors`` has laws of different units in one; ``factors`` by default.
    """

    def __init__(self, factors: Sequence[Array], parts: Sequence[Array] | None = None) -> None:
        self.sizes = [float(np.linalg.norm(f, 2)) if f.size else 0.0 for f in factors]
        stack = stack_normalised(factors if parts is None else parts, factors[0].shape[1])
        _, found, right = np.linalg.svd(stack, full_matrices=True)
        self.rank = numerical_rank(found, stack.shape)
        # Rotating a factor that loses nothing would only add rounding errors.
        whole = self.rank == stack.shape[1]
        basis = right[: self.rank].T
        self.factors = [f if whole else reduce_rows(f @ basis) for f in factors]

    @property
    def cost(self) -> int:
        """Rows × P² of the matrix whose singular values an evaluation finds."""
        return sum(len(f) for f in self.factors) * self.rank**2

    def kappa(self, weights: Sequence[float]) -> float:
        """κ at these weights, one a factor; infinity where A has a kernel beyond the common."""
        if not self.rank:
            return 1.0
        pairs = zip(weights, self.factors, strict=True)
        stack = np.concatenate([np.sqrt(w) * f for w, f in pairs])
        if len(stack) < self.rank:
            return inf
        found = np.linalg.svd(stack, compute_uv=False)
        return float((found[0] / found[-1]) ** 2) if found[-1] > 0 else inf

    def kappas(self, weights: Array) -> Array:
        """The same for many weights, shape (n, factors): shape (n,).

        One call for all takes half the time where the matrices are small.
        """
        if not self.rank:
            return np.ones(len(weights))
        rows = sum(len(f) for f in self.factors)
        out = np.full(len(weights), inf)
        if rows < self.rank:
            return out
        step = max(1, _AT_ONCE // (rows * self.rank))
        for begin in range(0, len(weights), step):
            some = slice(begin, begin + step)
            roots = np.sqrt(weights[some]).T[:, :, None, None]
            pairs = zip(roots, self.factors, strict=True)
            stacks = np.concatenate([root * f for root, f in pairs], axis=1)
            found = np.linalg.svd(stacks, compute_uv=False)
            least = found[:, -1]
            np.divide(found[:, 0], least, out=out[some], where=least > 0)
        return out**2


def kappa_curve(gram: Gram, weights: Sequence[float] | Array) -> Array:
    """κ(A(λ)) on the complement of the kernel, for common weights λ > 0 of all conditions."""
    pencil = _two_parts(gram)
    return pencil.kappas(np.stack([np.ones(len(weights)), np.asarray(weights)], axis=1))


def best_weight(gram: Gram) -> BestWeight:
    """The common weight λ of all conditions that minimises κ(A(λ)).

    A scan over ten decades on both sides of ‖A_eq‖/‖A_conditions‖ brackets the minimum, and
    Brent's method in log λ finds it. Where κ stays within 1 % of the minimum however small λ is
    (the equations alone are invertible on this basis), the largest λ with that κ is taken, as
    κ does not see that conditions of no weight are not met; likewise the smallest where it does
    however large λ is, and λ = 1 where it always does or κ is not smaller there.
    """
    return _best_of(_two_parts(gram))


def _best_of(pencil: Pencil) -> BestWeight:
    """`best_weight` for the laws in the interior and the conditions as two factors."""
    at_one = pencil.kappa((1.0, 1.0))
    if not all(pencil.sizes):
        return BestWeight(1.0, at_one, (0.0, inf), at_one)

    def value(x: float) -> float:
        return log(pencil.kappa((1.0, exp(x)))) if pencil.rank else 0.0

    centre = 2 * log(pencil.sizes[0] / pencil.sizes[1])
    reach = _DECADES * log(10)
    line = _Line(value, centre - reach, centre + reach)
    x = line.flat_end(log(_CLOSE))
    kappa, valley = exp(value(x)), line.valley(log(_VALLEY))
    if kappa >= at_one:
        return BestWeight(1.0, at_one, valley, at_one)
    return BestWeight(exp(x), kappa, valley, at_one)


def best_weights(gram: Gram, free: Sequence[str] | None = None, span: float = 100.0) -> BestWeights:
    """A weight for each of several laws that makes κ small.

    The search starts from the common weight, or, where these are better, from weights with which
    all free laws contribute alike, λ_l = c/‖R_l‖² with the best c: laws of different units may
    have no good common weight. It goes along one weight after another, and then by the simplex
    method of Nelder and Mead in the logarithms. κ has kinks, where neither need find the
    minimum; the result is never worse than the common weight, and is the common weight where
    others gain less than 1 %. With more than 8 free laws nothing is searched, and on large
    matrices the number of evaluations is bounded; `BestWeights.note` says so.

    Args:
        gram: the matrix by laws.
        free: labels of the laws that get a weight of their own; all conditions by default. The
            others keep theirs.
        span: each weight stays within this factor of that at the start. Without a bound, laws
            that are not needed to make A invertible may lose all their weight, and are then not
            met.

    Raises:
        ValueError: a label that the matrix does not have, or a span below 1.
    """
    if not 1 <= span < inf:
        raise ValueError(f"span: expected a finite number of at least 1, got {span}")
    common = best_weight(gram)
    labels = list(gram.conditions if free is None else free)
    gram.weights(dict.fromkeys(labels, 1.0))
    weights = gram.weights(common.weight)
    norms = {t.label: float(np.linalg.norm(t.factor)) for t in gram.terms}
    active = [label for label in labels if norms[label]]
    if len(gram.labels) < 2 or not active:
        return BestWeights(weights, common.kappa, common)
    if len(active) > _MOST_FREE:
        note = (
            f"{len(active)} conditions: separate weights are searched for at most {_MOST_FREE}, "
            "so all have the common one"
        )
        return BestWeights(weights, common.kappa, common, note)
    return _several(gram, active, norms, common, span)


def _several(
    gram: Gram, active: list[str], norms: dict[str, float], common: BestWeight, span: float
) -> BestWeights:
    weights = gram.weights(common.weight)
    held = [t for t in gram.terms if t.label not in active]
    scales = {t.label: np.sqrt(weights[t.label]) for t in held}
    rest = stack_terms([replace(t, factor=scales[t.label] * t.factor) for t in held], gram.size)
    own = [gram.factors[label] for label in active]
    parts = [t.factor for t in gram.terms]
    pencil = Pencil([rest, *own], parts)

    def value(logs: Array) -> float:
        kappa = pencil.kappa([1.0, *np.exp(logs)])
        return log(kappa) if np.isfinite(kappa) else 1e3

    alike = np.concatenate([gram.factors[label] / norms[label] for label in active])
    balance = _best_of(Pencil([rest, reduce_rows(alike)], parts)).weight
    starts = np.log([[weights[n], balance / norms[n] ** 2] for n in active]).T
    start = min(starts, key=value)
    search = Search(value, max(1, int(_WORK / max(pencil.cost, 1))))
    search.run(start, log(span))
    note = ""
    if search.spent:
        count = search.evaluations
        note = f"the search stopped after {count} evaluation{'s' * (count != 1)} of κ"
    if exp(search.least) * _CLOSE >= common.kappa:
        gain = "separate weights gain less than 1 %, so all have the common one"
        return BestWeights(weights, common.kappa, common, f"{gain}; {note}" if note else gain)
    found = {n: exp(v) for n, v in zip(active, search.at, strict=True)}
    return BestWeights(weights | found, exp(search.least), common, note)


def natural_weight(measure: float | Gram, gamma: float) -> float:
    """λ = |Ω|/γ², the weight of conditions that belongs to a preconditioner with parameter γ.

    For u'' on (−π, π) it is the 2π/γ² of De Ryck et al., arXiv 2310.05801, section 3.
    """
    if not gamma > 0:
        raise ValueError(f"gamma: expected a positive number, got {gamma}")
    return (measure.measure if isinstance(measure, Gram) else measure) / gamma**2


def _two_parts(gram: Gram) -> Pencil:
    inside = [t for t in gram.terms if t.interior]
    others = [t for t in gram.terms if not t.interior]
    factors = [stack_terms(inside, gram.size), stack_terms(others, gram.size)]
    return Pencil(factors, [t.factor for t in gram.terms])


class _Line:
    """A quasi-convex function on the interval [low, high] and its minimum."""

    def __init__(self, value: Callable[[float], float], low: float, high: float) -> None:
        self.value, self.low, self.high = value, low, high
        grid = np.linspace(low, high, _SCAN)
        values = [value(x) for x in grid]
        i = int(np.argmin(values))
        ends = grid[max(i - 1, 0)], grid[min(i + 1, _SCAN - 1)]
        found = minimize_scalar(value, bounds=ends, method="bounded", options={"xatol": 1e-6})
        self.at, self.least = float(grid[i]), float(values[i])
        if found.fun < values[i]:
            self.at, self.least = float(found.x), float(found.fun)
        self._ends = values[0], values[-1]

    def valley(self, above: float) -> tuple[float, float]:
        """The ends of {value ≤ least + above} as exponentials; 0 and infinity beyond the line."""
        left, right = self._reaches(above)
        low = 0.0 if left else exp(self._end(self.low, above))
        return low, inf if right else exp(self._end(self.high, above))

    def flat_end(self, above: float) -> float:
        """The minimum, or the end of {value ≤ least + above} where it goes on beyond the line.

        Where it does so on both sides, 0.
        """
        left, right = self._reaches(above)
        if left == right:
            return 0.0 if left else self.at
        return self._end(self.high if left else self.low, above)

    def _reaches(self, above: float) -> tuple[bool, bool]:
        level = self.least + above
        return self._ends[0] <= level, self._ends[1] <= level

    def _end(self, edge: float, above: float) -> float:
        level = self.least + above
        return float(brentq(lambda y: self.value(y) - level, edge, self.at, xtol=1e-4))
