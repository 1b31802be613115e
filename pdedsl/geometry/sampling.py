"""Points of the unit cube."""

from __future__ import annotations

from functools import cache

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array

from .tensor import side_of, tensor_rule

KINDS = ("sobol", "lhs", "uniform", "grid", "gauss")


def generic_points(count: int, dimension: int) -> Array:
    """Points of [0, 1]^d on which no symmetry of a problem is likely to fall, shape (n, d).

    The Kronecker sequence with the square roots of the primes as steps: k √p_i modulo 1.
    """
    return np.asarray((np.outer(np.arange(1, count + 1), _steps(dimension)) + 0.1357) % 1.0)


@cache
def _steps(dimension: int) -> Array:
    return np.sqrt(np.array([sp.prime(i + 1) for i in range(dimension)], dtype=float))


def unit_points(kind: str, n: int, d: int, seed: int) -> Array:
    """Points of the unit cube [0, 1]^d.

    - ``sobol``: scrambled Sobol sequence (Owen, J. Complexity 14, 1998), its first n points;
    - ``lhs``: Latin hypercube, one point in each of n slabs of every axis;
    - ``uniform``: independent and uniform;
    - ``grid``: the centres of k^d equal cells with k = round(n^(1/d)) (at least 1), so that the
      number of points is the power nearest to n; the seed plays no part;
    - ``gauss``: the Gauss–Legendre nodes of as many points, whose weights `tensor_rule` gives.

    Args:
        kind: one of `KINDS`.
        n: number of points, at least 1.
        d: dimension; for d = 0 the cube is one point, and one row without columns is returned.
        seed: any integer; the same seed gives the same points.

    Returns:
        Array of shape (n, d); for ``grid`` and ``gauss`` (k^d, d).

    Raises:
        ValueError: an unknown kind, or n < 1.
    """
    if kind not in KINDS:
        raise ValueError(f"sampling: expected one of {', '.join(KINDS)}, got {kind!r}")
    if n < 1:
        raise ValueError(f"sampling: expected at least 1 point, got {n}")
    if d == 0:
        return np.zeros((1, 0))
    if kind in ("grid", "gauss"):
        return tensor_rule(side_of(n, d), (kind == "grid",) * d)[0]
    if kind == "uniform":
        return np.random.default_rng(seed).random((n, d))

    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    if kind == "lhs":
        return np.asarray(qmc.LatinHypercube(d, rng=rng).random(n))
    # A full power of two keeps the balance of the sequence; scipy warns otherwise.
    exponent = max(0, int(n - 1).bit_length())
    return np.asarray(qmc.Sobol(d, scramble=True, rng=rng).random_base2(exponent)[:n])
