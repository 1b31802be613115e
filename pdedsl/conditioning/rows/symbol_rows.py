r"""Exact factors for constant coefficients and plane waves.

A function of the basis is φ_j(x) = Re c_j e^{ik_j·(x−c)}, with c_j its amplitude for a cosine and
−i times that for a sine, and D φ_j = Re σ(k_j) c_j e^{ik_j·(x−c)} with the symbol
σ(k) = Σ_α a_α (ik)^α. Where some inputs are fixed, the wave on the others has the frequency κ'
that is left of k, and the amplitude takes the phase of the fixed inputs. So the residual is

.. math:: r(ξ) = \mathrm{Re} \sum_{κ'} (\sum_j C_{κ' j} θ_j) e^{iκ'·ξ},

with one of ±κ' for each pair, and its mean square over whole periods is |B|²/2 for each κ' ≠ 0
with B = Σ_j C_{κ'j} θ_j, and (Re B)² for κ' = 0. The real and imaginary parts of the rows of C,
divided by √2, are the factor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import Discretisation

from .pieces import Piece

Complex = NDArray[np.complex128]
Numbers = Sequence[Sequence[Sequence[tuple[tuple[int, ...], float]]]]
"""Rows, columns and terms (multi-index over all inputs, number) of an operator on a piece."""

_WHOLE = 1e-9


def fits(discretisation: Discretisation, piece: Piece) -> bool:
    """Whether every function is a wave with whole periods on the free intervals of a piece."""
    if not discretisation.plane_waves:
        return False
    turns = _turns(discretisation, piece)
    return bool(np.all(np.abs(turns - np.round(turns)) <= _WHOLE * (1 + np.abs(turns))))


def symbol_rows(discretisation: Discretisation, piece: Piece, operator: Numbers) -> Array:
    """R with RᵀR the mean over a piece of Σ_i (D_iφ)(D_iφ)ᵀ, for plane waves that fit it."""
    vectors = discretisation.wave_vectors()
    turns = np.round(_turns(discretisation, piece)).astype(np.int64)
    flip = _signs(turns) < 0
    distinct, which = np.unique(np.where(flip[:, None], -turns, turns), axis=0, return_inverse=True)
    mean = int(np.flatnonzero(~distinct.any(axis=1))[0]) if (~distinct.any(axis=1)).any() else -1
    start = _amplitudes(discretisation) * _phases(discretisation, piece, vectors)
    blocks = []
    for row in operator:
        amplitude = start * _symbols(discretisation, vectors, row)
        amplitude = np.where(flip, amplitude.conj(), amplitude)
        C = np.zeros((len(distinct), discretisation.size), dtype=complex)
        C[which.ravel(), np.arange(discretisation.size)] = amplitude
        blocks += _real(C, mean)
    return np.concatenate(blocks) if blocks else np.zeros((0, discretisation.size))


def _real(C: Complex, mean: int) -> list[Array]:
    scale = np.full((len(C), 1), np.sqrt(0.5))
    imaginary = np.ones(len(C), dtype=bool)
    if mean >= 0:
        scale[mean] = 1.0
        imaginary[mean] = False
    return [scale * C.real, (scale * C.imag)[imaginary]]


def _turns(discretisation: Discretisation, piece: Piece) -> Array:
    """Number of periods of every function on the free intervals, shape (P, free)."""
    vectors = discretisation.wave_vectors()[:, list(piece.free)]
    return np.asarray(vectors * np.array(piece.box.lengths) / (2 * np.pi))


def _signs(turns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sign of the first non-zero entry of each row, 0 for a zero row."""
    out = np.zeros(len(turns), dtype=np.int64)
    for column in turns.T:
        out = np.where(out == 0, np.sign(column), out)
    return out


def _amplitudes(discretisation: Discretisation) -> Complex:
    """c_j of every function."""
    parts = []
    for part in discretisation.parts:
        centre = np.array([[(axis.lower + axis.upper) / 2 for axis in part.basis.axes]])
        value = part.derivatives(centre, [(0,) * len(part.basis.axes)])[0, 0]
        # At the centre a cosine has its amplitude, which the sine of the same wave shares.
        phases = np.array(part.basis.phases)
        cosine = np.where(phases == "sin", np.roll(value, 1), value)
        parts.append(np.where(phases == "sin", -1j, 1.0) * cosine)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=complex)


def _phases(discretisation: Discretisation, piece: Piece, vectors: Array) -> Complex:
    """e^{ik·(x − c)} of the fixed inputs for every function."""
    angle = np.zeros(discretisation.size)
    fixed = dict(piece.fixed)
    for part in discretisation.parts:
        for column, axis in zip(part.columns, part.basis.axes, strict=True):
            if column in fixed:
                distance = fixed[column] - (axis.lower + axis.upper) / 2
                angle[part.place] += vectors[part.place, column] * distance
    return np.asarray(np.exp(1j * angle))


def _symbols(
    discretisation: Discretisation,
    vectors: Array,
    row: Sequence[Sequence[tuple[tuple[int, ...], float]]],
) -> Complex:
    """σ(k_j) of one scalar equation, for every function."""
    out = np.zeros(discretisation.size, dtype=complex)
    for part, terms in zip(discretisation.parts, row, strict=True):
        k = vectors[part.place]
        for alpha, coefficient in terms:
            power = np.prod(k ** np.array(alpha), axis=1)
            out[part.place] += coefficient * 1j ** sum(alpha) * power
    return out
