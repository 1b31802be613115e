r"""Changes of parameters θ → Tθ after which A is TᵀAT, and gradient descent is faster.

- the symbol: T_jj = 1/|σ(k_j)| off the kernel of D and γ on it (``exact``), or
  (|σ(k_j)|² + γ⁻²)^{−1/2} (``regularised``), which on the kernel is γ too. For several equations
  or components (σ(k)^H σ(k) + γ⁻²)^{−1/2}, a block for each wave vector;
- where functions are no plane waves, or coefficients vary, |σ(k_j)| is replaced by
  ‖Dφ_j‖/‖φ_j‖, the norms those of L² on the domain. For constant coefficients and plane waves
  that is |σ(k_j)| itself;
- the whole matrix: T = A^{−1/2}, after which κ = 1.

De Ryck, Bonnet, Mishra and de Bézenac, arXiv 2310.05801, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pdedsl.conditioning.arrays import Array

from .discretisation import Discretisation
from .gram import Gram, Weights
from .norms import norms
from .spectrum import check_factor, numerical_rank
from .weights import BestWeight, best_weight

Form = Literal["exact", "regularised"]

_KERNEL = 1e-12  # |σ| at most this part of the largest is rounding: zero with ``exact``
GAMMAS = (1.0, 5.0, 10.0, 100.0)
"""Values of P on the kernel of D that are tried, those of De Ryck et al., arXiv 2310.05801."""


def symbol_preconditioner(
    gram: Gram, discretisation: Discretisation, gamma: float, form: Form = "regularised"
) -> Array:
    """T from the symbol of the laws in the interior; see the head of this module.

    Args:
        gram: the matrix by laws.
        discretisation: the bases that it was set up in.
        gamma: γ; with it goes the weight of conditions `weights.natural_weight`.
        form: how the kernel is treated.

    Returns:
        The diagonal of T, shape (P,), or T itself, shape (P, P), where it is not diagonal.

    Raises:
        ValueError: γ is not positive, the form is unknown, or no law holds in the interior.
    """
    if not (gamma > 0 and np.isfinite(gamma)):
        raise ValueError(f"gamma: expected a positive number, got {gamma}")
    if form not in ("exact", "regularised"):
        raise ValueError(f"form: expected exact or regularised, got {form!r}")
    inside = [t for t in gram.terms if t.interior]
    if not inside:
        raise ValueError("no law holds in the interior: there is no symbol to precondition with")
    factor = gram.interior_factor()
    waves = discretisation.plane_waves and all(t.by_symbol for t in inside)
    if waves and len(discretisation.parts) > 1:
        return _by_blocks(discretisation, factor, gamma, form)
    sizes = np.linalg.norm(factor, axis=0) / norms(discretisation)
    return _inverse(sizes, gamma, form, _KERNEL * float(sizes.max(initial=0.0)))


def best_gamma(
    gram: Gram, discretisation: Discretisation, gammas: Sequence[float] = GAMMAS
) -> tuple[float, BestWeight]:
    """γ with the least κ(TᵀA(λ)T), T by `symbol_preconditioner`, and the best λ there.

    Raises:
        ValueError: no value is given, one is not positive, or no law holds in the interior.
    """
    if not gammas:
        raise ValueError("gammas: expected at least one value, got none")
    found = [
        (g, best_weight(gram.transform(symbol_preconditioner(gram, discretisation, g))))
        for g in gammas
    ]
    return min(found, key=lambda pair: pair[1].kappa)


def full_preconditioner(gram: Gram, weights: Weights = None) -> Array:
    """A(λ)^{−1/2}, shape (P, P), symmetric.

    On the kernel of A, which the loss does not see, it is the inverse of the largest singular
    value of the factor, so that T is invertible and parameters there hardly move.
    """
    factor = gram.factor(weights)
    check_factor(factor)
    _, found, right = np.linalg.svd(factor, full_matrices=True)
    rank = numerical_rank(found, factor.shape)
    scale = np.full(gram.size, 1 / found[0] if rank else 1.0)
    scale[:rank] = 1 / found[:rank]
    return np.asarray((right.T * scale) @ right)


def _inverse(sizes: Array, gamma: float, form: Form, floor: float) -> Array:
    """1/σ with the kernel treated, for σ = |σ(k)| or singular values."""
    if form == "regularised":
        return np.asarray(1 / np.hypot(sizes, 1 / gamma))
    kernel = sizes <= floor
    return np.where(kernel, gamma, 1 / np.where(kernel, 1.0, sizes))


def _by_blocks(discretisation: Discretisation, factor: Array, gamma: float, form: Form) -> Array:
    """The inverse root of the matrix of the interior, one block for each wave vector."""
    groups = _groups(discretisation.wave_vectors())
    floor = _KERNEL * max(float(np.linalg.norm(factor[:, g], 2)) for g in groups)
    out = np.zeros((discretisation.size, discretisation.size))
    for group in groups:
        _, found, right = np.linalg.svd(factor[:, group], full_matrices=True)
        sizes = np.zeros(len(group))
        sizes[: len(found)] = found
        out[np.ix_(group, group)] = (right.T * _inverse(sizes, gamma, form, floor)) @ right
    return out


def _groups(vectors: Array) -> list[NDArray[np.int64]]:
    """Indices of the functions that share a wave vector up to its sign."""
    scale = np.abs(vectors).max(axis=0, initial=0.0)
    whole = np.round(vectors / np.where(scale, scale, 1.0) * 1e9).astype(np.int64)
    first = np.argmax(whole != 0, axis=1)
    signs = np.sign(whole[np.arange(len(whole)), first])
    canonical = np.where(signs[:, None] < 0, -whole, whole)
    _, which = np.unique(canonical, axis=0, return_inverse=True)
    return [np.flatnonzero(which.ravel() == g) for g in range(int(which.max(initial=-1)) + 1)]
