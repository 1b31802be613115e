"""What stand-alone files consist of: bases in NumPy; see `numpy_parts` for the rules.

A basis takes its coefficients (outputs, …) and is a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .numpy_parts import Array, Model


def _product(lines: Sequence[Model], coefficients: Array) -> Model:
    """Sums of all products of the functions of the axes; coefficients (outputs, *counts)."""

    def values(x: Array) -> Array:
        tables = [line(x[:, i]) for i, line in enumerate(lines)]
        found = np.tensordot(tables[-1], coefficients, (1, -1))
        for table in reversed(tables[:-1]):
            found = np.einsum("n...k,nk->n...", found, table)
        return found

    return values


def _chosen(lines: Sequence[Model], places: Array, coefficients: Array) -> Model:
    """Sums of some products; places (functions, axes) in the lines, coefficients (outputs, m)."""
    own = places.astype(int)

    def values(x: Array) -> Array:
        found = np.ones((len(x), len(own)))
        for i, line in enumerate(lines):
            found = found * line(x[:, i])[:, own[:, i]]
        return found @ coefficients.T

    return values


def _legendre(lower: float, upper: float, degree: int) -> Model:
    """Legendre polynomials, orthonormal on [lower, upper]."""
    norms = np.sqrt((2 * np.arange(degree + 1) + 1) / (upper - lower))

    def values(x: Array) -> Array:
        z = 2 / (upper - lower) * (x - (lower + upper) / 2)
        found = [np.ones_like(z), z]
        for n in range(1, degree):
            found.append((2 * n + 1) / (n + 1) * z * found[n] - n / (n + 1) * found[n - 1])
        return np.stack(found[: degree + 1], axis=1) * norms

    return values


def _chebyshev(lower: float, upper: float, degree: int) -> Model:
    """Chebyshev polynomials of the first kind on [lower, upper]."""

    def values(x: Array) -> Array:
        z = 2 / (upper - lower) * (x - (lower + upper) / 2)
        found = [np.ones_like(z), z]
        for n in range(1, degree):
            found.append(2 * z * found[n] - found[n - 1])
        return np.stack(found[: degree + 1], axis=1)

    return values


def _sines(lower: float, upper: float, modes: int) -> Model:
    """Functions sqrt(2/L) sin(n pi (x - a)/L), n = 1 … modes."""
    k = np.arange(1, modes + 1) * (np.pi / (upper - lower))

    def values(x: Array) -> Array:
        return np.sqrt(2 / (upper - lower)) * np.sin(np.outer(x - lower, k))

    return values


def _cosines(lower: float, upper: float, modes: int) -> Model:
    """Functions 1/sqrt(L) and sqrt(2/L) cos(n pi (x - a)/L), n = 1 … modes."""
    k = np.arange(modes + 1) * (np.pi / (upper - lower))
    norms = np.sqrt(np.where(k > 0, 2, 1) / (upper - lower))

    def values(x: Array) -> Array:
        return norms * np.cos(np.outer(x - lower, k))

    return values


def _fourier(middle: float, period: float, modes: int) -> Model:
    """1, and cosine and sine of 2 pi n (x - c)/T, n = 1 … modes, orthonormal over a period."""
    k = 2 * np.pi / period * np.arange(1, modes + 1)

    def values(x: Array) -> Array:
        phase = np.outer(x - middle, k)
        pairs = np.stack([np.cos(phase), np.sin(phase)], axis=2).reshape(len(x), 2 * modes)
        one = np.full((len(x), 1), 1 / np.sqrt(period))
        return np.concatenate([one, np.sqrt(2 / period) * pairs], axis=1)

    return values


def _splines(
    lower: float,
    upper: float,
    period: float | None,
    breaks: Sequence[float],
    degree: int,
    smoothness: int,
) -> Model:
    """B-splines of a degree p, s times continuously differentiable at the breaks (de Boor)."""
    p, several = degree, degree - smoothness
    count = (len(breaks) + 1) * several + (smoothness + 1 if period is None else 0)
    elements, near = np.arange(len(breaks) + 1), np.arange(1 - p, p + 1)
    if period is None:
        last = p + several * elements  # the knot at the left end of each element
        ends = [lower] * (p + 1) + [upper] * (p + 1)
        knots = np.sort(np.concatenate((np.repeat(breaks, several), ends)))
        around = knots[last[:, None] + near]
    else:
        last = several * (elements + 1) - 1
        knots = np.repeat([lower, *breaks], several)
        turns, place = np.divmod(last[:, None] + near, len(knots))
        around = knots[place] + period * turns
    functions = (last[:, None] + np.arange(-p, 1)) % count

    def values(x: Array) -> Array:
        if period is not None:
            x = x - period * np.floor((x - lower) / period)
        element = np.searchsorted(breaks, x, side="right")
        t, own = around[element], np.ones((len(x), 1))
        for k in range(p):
            share = own / (t[:, p : p + k + 1] - t[:, p - 1 - k : p])
            rising = (x[:, None] - t[:, p - 1 - k : p]) * share
            falling = (t[:, p : p + k + 1] - x[:, None]) * share
            own = np.pad(rising, ((0, 0), (1, 0))) + np.pad(falling, ((0, 0), (0, 1)))
        found = np.zeros((len(x), count))
        np.add.at(found, (np.arange(len(x))[:, None], functions[element]), own)
        return found

    return values


def _waves(middle: Array, vectors: Array, volume: float, coefficients: Array) -> Model:
    """Plane waves 1/sqrt(V), and sqrt(2/V) cos and sin of k·(x - c), in pairs."""

    def values(x: Array) -> Array:
        phase = (x - middle) @ vectors.T
        pairs = np.cos(phase) @ coefficients[:, 1::2].T + np.sin(phase) @ coefficients[:, 2::2].T
        return coefficients[:, 0] / np.sqrt(volume) + np.sqrt(2 / volume) * pairs

    return values


def _ridges(
    f: Callable[[Array], Array],
    middle: Array,
    weights: Array,
    offsets: Array,
    scale: float,
    coefficients: Array,
) -> Model:
    """Random features scale f(w·(x - c) + b)."""

    def values(x: Array) -> Array:
        return scale * f((x - middle) @ weights.T + offsets) @ coefficients.T

    return values


def _polar(
    plane: Sequence[int],
    centre: Sequence[float],
    scale: float,
    frame: Sequence[Sequence[float]],
    cut: float,
    end: Sequence[float] | None,
    terms: Array,
    lines: Sequence[tuple[int, Model]],
    coefficients: Array,
) -> Model:
    """Functions Re or Im of r^p e^(iqθ) (log z)^j (log r)^l around a point of the plane.

    The terms are rows p, q, j, l, and 0 for the real part. Times all products of ``lines`` in the
    other inputs, coefficients (outputs, *counts of the lines, terms).
    """
    power, wave, log_z, log_r, imaginary = terms.T

    def polar(x: Array, about: Sequence[float]) -> tuple[Array, Array]:
        moved = (x - about) / scale @ np.asarray(frame).T
        radius = np.maximum(np.hypot(moved[:, 0], moved[:, 1]), 1e-300)
        return np.log(radius)[:, None], np.arctan2(moved[:, 1], moved[:, 0])[:, None]

    def values(x: Array) -> Array:
        log, angle = polar(x[:, plane], centre)
        angle = np.remainder(angle - cut, 2 * np.pi) + cut
        beside = 0 * wave if end is None else wave - np.round(wave)
        found = np.exp(log * (power - beside) + 1j * angle * (wave - beside))
        base = log + 1j * angle
        if end is not None:  # the cut goes from the centre to this end alone
            far, other = polar(x[:, plane], end)
            turn = np.remainder(angle - other + np.pi, 2 * np.pi) - np.pi
            base = log - far + 1j * turn
            found = found * np.exp(base * beside)
        found = found * base**log_z * log**log_r
        total = np.where(imaginary == 1, found.imag, found.real)
        sums = np.tensordot(total, coefficients, (1, -1))
        for axis, line in reversed(lines):
            sums = np.einsum("n...k,nk->n...", sums, line(x[:, axis]))
        return sums

    return values
