"""References of problems with constant linear parts, by Fourier or sine series and ETDRK4.

Cox and Matthews 2002, J. Comput. Phys. 176, with the coefficients of Kassam and Trefethen 2005,
SIAM J. Sci. Comput. 26: fourth order in time, exponential in space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.fft as fft

from .truth import Array, Truth, kept, numbers, over_time, relative

Spectrum = Any
Nonlinear = Callable[[Spectrum, float], Spectrum]


def march(
    start: Spectrum, linear: Array, nonlinear: Nonlinear, times: Array, steps: int
) -> Iterator[Spectrum]:
    """The spectra of u_t = linear u + nonlinear(u, t) at equidistant times, some steps each."""
    gap = times[0]
    step = gap / steps
    whole, half, q, f1, f2, f3 = _coefficients(linear, step)
    v, t = start, 0.0
    for number in range(len(times)):
        for i in range(steps):
            t = number * gap + i * step
            nv = nonlinear(v, t)
            a = half * v + q * nv
            na = nonlinear(a, t + step / 2)
            b = half * v + q * na
            nb = nonlinear(b, t + step / 2)
            c = half * a + q * (2 * nb - nv)
            v = whole * v + f1 * nv + 2 * f2 * (na + nb) + f3 * nonlinear(c, t + step)
        yield v


def _coefficients(linear: Array, step: float) -> list[Array]:
    z = step * linear
    sums = [np.zeros_like(z) for _ in range(4)]
    count = 32
    for angle in (np.arange(count) + 0.5) / count:
        w = z + np.exp(1j * np.pi * angle)  # the lower half of the circle is conjugate
        e = np.exp(w)
        parts = (
            (np.exp(w / 2) - 1) / w,
            (-4 - w + e * (4 - 3 * w + w**2)) / w**3,
            (2 + w + e * (w - 2)) / w**3,
            (-4 - 3 * w - w**2 + e * (4 - w)) / w**3,
        )
        for total, part in zip(sums, parts, strict=True):
            total += part.real / count
    return [np.exp(z), np.exp(z / 2), *(step * total for total in sums)]


def kuramoto_chaotic() -> Truth:
    """Period 2π, 512 and 768 modes."""
    alpha, beta, gamma = 100 / 16, 100 / 16**2, 100 / 16**4
    times = np.linspace(0.02, 1, 50)

    def run(modes: int, steps: int) -> Array:
        k = np.arange(modes // 2 + 1.0)
        transport = -0.5j * alpha * k * (k < modes / 3)
        x = 2 * np.pi * np.arange(modes) / modes
        spectra = march(
            fft.rfft(np.cos(x) * (1 + np.sin(x))), beta * k**2 - gamma * k**4,
            lambda v, _t: transport * fft.rfft(fft.irfft(v, modes) ** 2), times, steps,
        )  # fmt: skip
        return np.array([fft.irfft(v, modes)[:: modes // 256] for v in spectra])

    def make() -> Truth:
        coarse, fine = run(512, 200), run(768, 300)
        x = 2 * np.pi * np.arange(256)[:, None] / 256
        points, weights = over_time(x, np.full(256, 1 / 256), times)
        return Truth(points, weights, {"u": fine.ravel()}, relative(coarse, fine))

    return kept("kuramoto_chaotic", make)


def gray_scott_2d() -> Truth:
    """Period 2 along both axes, 256² and 384² modes."""
    times, side = np.linspace(20, 200, 10), 64

    def run(modes: int, steps: int) -> Array:
        grid = 2 * np.arange(modes) / modes - 1
        x, y = np.meshgrid(grid, grid, indexing="ij")
        k, m = _waves(modes, np.pi)
        kept_modes = np.maximum(abs(k), abs(m)) < np.pi * modes / 3
        start = np.array([
            1 - np.exp(-80 * ((x + 0.05) ** 2 + (y + 0.02) ** 2)),
            np.exp(-80 * ((x - 0.05) ** 2 + (y - 0.02) ** 2)),
        ])  # fmt: skip
        square = k**2 + m**2
        linear = np.array([-0.04 - 1e-5 * square, -0.1 - 5e-6 * square])
        feed = np.zeros(square.shape)
        feed[0, 0] = 0.04 * modes**2

        def nonlinear(v: Spectrum, _t: float) -> Spectrum:
            u, w = fft.irfft2(v, (modes, modes))
            rate = fft.rfft2(u * w**2) * kept_modes
            return np.array([feed - rate, rate])

        spectra = march(fft.rfft2(start), linear, nonlinear, times, steps)
        return np.array(
            [fft.irfft2(v, (modes, modes))[:, :: modes // side, :: modes // side] for v in spectra]
        )

    def make() -> Truth:
        coarse, fine = run(256, 20), run(384, 40)
        points, weights = over_time(*_square(side, -1, 2), times)
        values = {"u": fine[:, 0].ravel(), "v": fine[:, 1].ravel()}
        return Truth(points, weights, values, relative(coarse, fine))

    return kept("gray_scott_2d", make)


def _waves(modes: int, factor: float) -> Sequence[Array]:
    """Wave numbers of the real transform of modes² points, of the period 2π/factor."""
    k = factor * fft.fftfreq(modes, 1 / modes)
    m = factor * fft.rfftfreq(modes, 1 / modes)
    return np.broadcast_arrays(k[:, None], m[None])


def _square(side: int, lower: float, length: float) -> tuple[Array, Array]:
    grid = lower + length * np.arange(side) / side
    x, y = np.meshgrid(grid, grid, indexing="ij")
    return np.column_stack([x.ravel(), y.ravel()]), np.full(side**2, 1 / side**2)


def heat_long() -> Truth:
    """Sine series, 128² and 192² modes: continued as an odd function u has no boundary."""
    times, side = np.linspace(10, 100, 10), 64

    def run(modes: int, steps: int) -> Array:
        grid = np.arange(1, modes) / modes
        x, y = np.meshgrid(grid, grid, indexing="ij")
        wave = np.sin(4 * np.pi * x) * np.sin(2 * np.pi * y)
        k = np.pi * np.arange(1, modes)
        linear = -0.001 * (k[:, None] ** 2 + k**2)

        def nonlinear(v: Spectrum, t: float) -> Spectrum:
            u = fft.idstn(v, type=1)
            rate = 5 * (1 + 2 * np.sin(np.pi * t / 4))
            return fft.dstn(rate * np.sin(u**2) * wave, type=1)

        start = fft.dstn(np.sin(4 * np.pi * x) * np.sin(3 * np.pi * y), type=1)
        skip = modes // side
        return np.array([
            fft.idstn(v, type=1)[skip - 1 :: skip, skip - 1 :: skip]
            for v in march(start, linear, nonlinear, times, steps)
        ])  # fmt: skip

    def make() -> Truth:
        coarse, fine = run(128, 500), run(192, 800)
        grid = np.arange(1, side) / side
        x, y = np.meshgrid(grid, grid, indexing="ij")
        space = np.column_stack([x.ravel(), y.ravel()])
        points, weights = over_time(space, np.full(len(space), 1 / len(space)), times)
        return Truth(points, weights, {"u": fine.ravel()}, relative(coarse, fine))

    return kept("heat_long", make)


def burgers_2d(modes: tuple[int, int] = (256, 384)) -> Truth:
    """The waves have the period 1, so that the 16 squares of the domain bear the same."""
    times, side = np.linspace(0.1, 1, 10), 64
    found = {name: numbers("burgers_2d", name) for name in ("size", "mean", "a", "b", "e", "f")}

    def run(modes: int, steps: int) -> Array:
        k, m = _waves(modes, 2 * np.pi)
        kept_modes = np.maximum(abs(k), abs(m)) < 2 * np.pi * modes / 3
        slopes = np.array([1j * k * kept_modes, 1j * m * kept_modes])
        start = np.array([
            found["mean"][i] + found["size"] * _sum(found[s], found[c], modes)
            for i, (s, c) in enumerate((("a", "b"), ("e", "f")))
        ])  # fmt: skip

        def nonlinear(v: Spectrum, _t: float) -> Spectrum:
            wind = fft.irfft2(v * kept_modes, (modes, modes))
            steep = fft.irfft2(slopes[:, None] * v, (modes, modes))
            return -fft.rfft2((wind[:, None] * steep).sum(axis=0)) * kept_modes

        spectra = march(fft.rfft2(start), -0.001 * (k**2 + m**2), nonlinear, times, steps)
        return np.array(
            [fft.irfft2(v, (modes, modes))[:, :: modes // side, :: modes // side] for v in spectra]
        )

    def make() -> Truth:
        coarse, fine = (run(n, n * 3 // 10) for n in modes)
        space, weights = _square(side, 0, 1)
        space = space + np.random.default_rng(0).integers(0, 4, space.shape)
        points, all_weights = over_time(space, weights, times)
        values = {"u": fine[:, 0].ravel(), "v": fine[:, 1].ravel()}
        return Truth(points, all_weights, values, relative(coarse, fine))

    return kept("burgers_2d", make)


def _sum(sines: Array, cosines: Array, modes: int) -> Array:
    grid = 2 * np.pi * np.arange(modes) / modes
    x, y = np.meshgrid(grid, grid, indexing="ij")
    return sum(
        sines[i, j] * np.sin(i * x + j * y) + cosines[i, j] * np.cos(i * x + j * y)
        for i in range(4) for j in range(4)
    )  # fmt: skip
