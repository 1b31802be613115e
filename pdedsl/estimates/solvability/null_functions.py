r"""Functions that can be added to a solution without changing any law.

The smallest singular values of the scaled system are the least ‖L u‖ over functions u of mean
square 1. For a null function, which is smooth, it falls to rounding as the degree grows, while the
next one stays where it is. Where all of them decay, as for Cauchy data of an elliptic equation, the
problem is ill-posed but unique, and nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from pdedsl.conditioning.arrays import Array

from .scaled_system import ScaledSystem

_MOST = 12
"""Null functions that are told apart; rigid motions in three dimensions are six."""
_GAP = 1e-7
"""Part of the next singular value that one of a null function is below. Eigenfunctions of waves
come to 1e-9 at degree 16; a wave number typed with eight digits is at 1e-8 and does not fall."""
_FALL = 1e-2
"""Of a singular value from the lower degree to the higher, unless it is at rounding: one that is
small because the problem is nearly singular stays."""
_STAYS = 0.1
"""Part of itself at which the next one has to remain."""
_ROUNDING = 50 * float(np.finfo(float).eps)
_WORST_ROUNDING = 1e-4
"""Of the next singular value, beyond which rounding hides what is small."""
_EARLIER = 1e-8
"""Of the largest singular value, what the least of the lower degree has come to where there are
null functions without end: that of a wave in a square is 1e-9 at degree 11. A choice."""
_LOCAL = 1e-6
"""Of the root mean square, the least median of a null function. Growth such as e^{50 x} from one
end is at rounding where its condition is, without being free there: its median is 1e-11."""

_SHARE = 1e-3
"""Of a null function, below which a component is not looked at: it may be rounding; a choice."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Singular values of a scaled system, the smallest first, with their right vectors.

    Args:
        system: what was decomposed.
        values: shape (P,).
        vectors: rows are right singular vectors, shape (P, P).
    """

    system: ScaledSystem
    values: Array
    vectors: Array

    def remainder(self, dropped: int) -> Array:
        """What of the data no function reaches, without the smallest so many directions: (N,)."""
        matrix, kept = self.system.matrix, self.vectors[dropped:]
        turned = (matrix @ kept.T) / self.values[dropped:]
        left = self.system.data
        for _ in range(2):  # the second takes away what rounding has left of the first
            left = left - turned @ (turned.T @ left)
        return left


def spectrum(system: ScaledSystem) -> Spectrum:
    """By QR and the singular values of the triangle, which keeps small ones accurate."""
    triangle = scipy.linalg.qr(system.matrix, mode="r", check_finite=False)[0]
    top = triangle[: min(triangle.shape)]
    _, values, vectors = scipy.linalg.svd(top, full_matrices=True, check_finite=False)
    padded = np.concatenate((values, np.zeros(len(vectors) - len(values))))
    return Spectrum(system, padded[::-1], vectors[::-1])


@dataclass(frozen=True, eq=False)
class NullSpace:
    """What was found.

    Args:
        count: of null functions.
        sound: whether they are functions that are free, or none is in question; False where small
            singular values have another reason, and no verdict is possible.
        all: whether there are no more of them.
    """

    count: int
    sound: bool = True
    all: bool = True


def null_space(coarse: Spectrum, fine: Spectrum) -> NullSpace:
    """The null functions of two degrees: the first so many of ``fine.vectors``."""
    sigma = fine.values
    rounding = _ROUNDING * sigma[-1]
    for count in range(min(_MOST, len(sigma) - 1, len(coarse.values) - 1), 0, -1):
        gap = sigma[count]
        if sigma[count - 1] > max(_GAP * gap, rounding) or gap < rounding:
            continue
        if rounding > _WORST_ROUNDING * gap or gap < _STAYS * coarse.values[count]:
            endless = _without_gap(coarse, fine, rounding)
            return endless if endless.count else NullSpace(0, sound=False)
        falls = sigma[count - 1] <= max(_FALL * coarse.values[count - 1], rounding)
        spread = all(_spread(fine, k) for k in range(count))
        if not (falls and spread):
            return NullSpace(0, sound=False)
        return NullSpace(count)
    return _without_gap(coarse, fine, rounding)


def _without_gap(coarse: Spectrum, fine: Spectrum, rounding: float) -> NullSpace:
    """Null functions that become more with the degree: of a wave between given values, say."""
    count = int((fine.values <= rounding).sum())
    if count == 0:
        return NullSpace(0)
    same = int((coarse.values <= _EARLIER * coarse.values[-1]).sum())
    sound = count < len(fine.values) and min(count, same) > 0
    known = sound and all(_spread(fine, k) for k in range(min(count, _MOST)))
    return NullSpace(count if known else 0, sound=known, all=False)


def functions(fine: Spectrum, count: int) -> list[Array]:
    """Each null function at the nodes of every component, one matrix (n, count) a component."""
    theta = fine.vectors[:count].T / fine.system.columns[:, None]
    grids = fine.system.trial.grids
    return [grid.values() @ theta[grid.part.place] for grid in grids]


def _spread(fine: Spectrum, which: int) -> bool:
    vector = fine.vectors[which]
    theta = vector / fine.system.columns
    for grid in fine.system.trial.grids:
        if np.linalg.norm(vector[grid.part.place]) < _SHARE:
            continue
        values = np.abs(grid.values() @ theta[grid.part.place])
        if np.median(values) >= _LOCAL * np.sqrt(grid.weights @ values**2) > 0:
            return True
    return False
