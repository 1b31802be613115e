r"""The matrix of a quadratic loss as a sum over laws, kept as factors.

.. math:: A(λ) = \sum_l λ_l R_l^T R_l

R_lᵀR_l is the integral of Σ_i (D_iφ)(D_iφ)ᵀ over the domain for a law in the interior, and the
mean over its place for a condition; i runs over the scalar equations of the law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pdedsl.conditioning.arrays import Array

from .spectrum import Spectrum, numerical_rank, reduce_rows, spectrum, stack_normalised

Weights = float | Mapping[str, float] | None


@dataclass(frozen=True, eq=False)
class Term:
    """One law's part of A.

    Args:
        label: the law's label.
        kind: ``eq``, ``bc``, ``ic`` or ``fit``.
        interior: whether it is an integral over a domain, else a mean over a place.
        factor: R_l, shape (rows, P) with at most P rows.
        measure: the volume of domain and time interval for an integral, 1 for a mean.
        equations: number of scalar equations.
        method: how it was computed, in words.
        exact: whether the entries are exact but for rounding.
        by_symbol: whether its coefficients are constant and all functions plane waves, so that
            a law in the interior has a block for each wave vector.
    """

    label: str
    kind: str
    interior: bool
    factor: Array
    measure: float
    equations: int
    method: str
    exact: bool
    by_symbol: bool = False


@dataclass(frozen=True, eq=False)
class Gram:
    """A(λ) by laws; see the head of this module.

    Args:
        terms: one for each law that could be assembled, in order.
        size: P.
        skipped: label and reason of every law that is not in A.
        notes: what was assumed (numbers at their guess, the state of a linearisation).
    """

    terms: tuple[Term, ...]
    size: int
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the terms."""
        return tuple(t.label for t in self.terms)

    @property
    def factors(self) -> dict[str, Array]:
        """Label to factor."""
        return {t.label: t.factor for t in self.terms}

    @property
    def equations(self) -> tuple[str, ...]:
        """Labels of the laws in the interior."""
        return tuple(t.label for t in self.terms if t.interior)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Labels of all other laws."""
        return tuple(t.label for t in self.terms if not t.interior)

    @property
    def method(self) -> str:
        """How the factors were computed, in words."""
        found: dict[str, list[str]] = {}
        for term in self.terms:
            found.setdefault(term.method, []).append(term.label)
        if len(found) == 1:
            return next(iter(found))
        return "; ".join(f"{', '.join(labels)}: {text}" for text, labels in found.items())

    def weights(self, weights: Weights = None) -> dict[str, float]:
        """λ by label.

        Args:
            weights: None for 1 everywhere, a number for all conditions (1 for laws in the
                interior), or a mapping of labels to numbers (1 for the others).

        Raises:
            ValueError: a label that A does not have, or a weight that is not ≥ 0 and finite.
        """
        if weights is None:
            given: dict[str, float] = {}
        elif isinstance(weights, Mapping):
            given = {label: float(value) for label, value in weights.items()}
        else:
            given = dict.fromkeys(self.conditions, float(weights))
        for label, value in given.items():
            if label not in self.labels:
                raise ValueError(
                    f"weights: expected labels among {', '.join(self.labels)}, got {label!r}"
                )
            if not (value >= 0 and np.isfinite(value)):
                raise ValueError(f"weights: {label} needs a finite number ≥ 0, got {value}")
        return {label: given.get(label, 1.0) for label in self.labels}

    def factor(self, weights: Weights = None) -> Array:
        """[√λ_l R_l], a factor of A(λ), shape (rows, P)."""
        values = self.weights(weights)
        parts = [np.sqrt(values[t.label]) * t.factor for t in self.terms]
        return np.concatenate(parts) if parts else np.zeros((0, self.size))

    def matrix(self, weights: Weights = None) -> Array:
        """A(λ), shape (P, P)."""
        factor = self.factor(weights)
        return factor.T @ factor

    def spectrum(self, weights: Weights = None) -> Spectrum:
        """The spectrum of A(λ).

        Its rank is that of the factors scaled to norm 1: beside a law in other units the small
        eigenvalues of a law may look like rounding errors.
        """
        values = self.weights(weights)
        stack = stack_normalised([t.factor for t in self.terms if values[t.label]], self.size)
        found = np.asarray(np.linalg.svd(stack, compute_uv=False), dtype=np.float64)
        rank = numerical_rank(found, stack.shape)
        return spectrum(self.factor(weights), rank=rank)

    def interior_factor(self) -> Array:
        """A factor of the part of the laws in the interior, at weight 1."""
        return stack_terms([t for t in self.terms if t.interior], self.size)

    @property
    def measure(self) -> float:
        """Volume of the domains of the laws in the interior, the largest of them; 1 if none."""
        return max((t.measure for t in self.terms if t.interior), default=1.0)

    def transform(self, transform: Array) -> Gram:
        """TᵀA(λ)T, A for parameters Tθ in place of θ; T of shape (P, Q), or its diagonal."""
        if transform.shape[0] != self.size:
            raise ValueError(f"expected a transform of {self.size} rows, got {transform.shape}")
        terms = []
        for term in self.terms:
            moved = term.factor * transform if transform.ndim == 1 else term.factor @ transform
            terms.append(replace(term, factor=moved))
        size = self.size if transform.ndim == 1 else transform.shape[1]
        return replace(self, terms=tuple(terms), size=size)

    def loss_weights(self, weights: Weights = None, relative: bool = False) -> dict[str, float]:
        """The weights w of a residual system whose loss has the matrix A(λ).

        That loss is Σ w_l mean r_l², the mean over points and over the scalar equations of the
        law, so that w_l = λ_l |Ω × T| m for a law in the interior and λ_l m for a condition,
        with m equations.

        Args:
            weights: λ, as `weights` takes them.
            relative: divide all by the weight of the first law in the interior, which leaves κ
                as it is.
        """
        values = self.weights(weights)
        out = {t.label: values[t.label] * t.measure * t.equations for t in self.terms}
        if relative and self.equations and out[self.equations[0]] > 0:
            unit = out[self.equations[0]]
            out = {label: value / unit for label, value in out.items()}
        return out


def stack_terms(terms: Sequence[Term], size: int) -> Array:
    """The factors of some terms, one under another, with at most P rows."""
    parts = [t.factor for t in terms]
    return reduce_rows(np.concatenate(parts)) if parts else np.zeros((0, size))
