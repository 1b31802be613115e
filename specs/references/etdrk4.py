"""ETDRK4 time stepping of periodic problems u_t = L u + N(u) in Fourier space.

Scheme: Cox and Matthews 2002; the coefficients by contour integrals as in Kassam and
Trefethen 2005 (SIAM J. Sci. Comput. 26).  Shared by the scripts of this folder.
"""

import numpy as np


def coefficients(linear, step, points=64):
    """Return (E - 1, E2, Q, f1, f2, f3) of ETDRK4 for a diagonal linear part.

    In extended precision, and E - 1 in place of E: the rounding of the coefficients is the
    same at every step and adds up.
    """
    roots = np.exp(2j * np.pi * (np.arange(points, dtype=np.longdouble) + 0.5) / points)
    centre = step * np.asarray(linear, dtype=np.clongdouble)
    z = centre[..., None] + roots
    ez = np.exp(z)
    q = step * np.mean((np.exp(z / 2) - 1) / z, axis=-1)
    f1 = step * np.mean((-4 - z + ez * (4 - 3 * z + z**2)) / z**3, axis=-1)
    f2 = step * np.mean((2 + z + ez * (z - 2)) / z**3, axis=-1)
    f3 = step * np.mean((-4 - 3 * z - z**2 + ez * (4 - z)) / z**3, axis=-1)
    return [c.astype(complex) for c in (np.exp(centre) - 1, np.exp(centre / 2), q, f1, f2, f3)]


def advance(v, nonlinear, coefs, steps):
    """Take `steps` ETDRK4 steps from the spectrum v."""
    growth, e2, q, f1, f2, f3 = coefs
    for _ in range(steps):
        nv = nonlinear(v)
        a = e2 * v + q * nv
        na = nonlinear(a)
        b = e2 * v + q * na
        nb = nonlinear(b)
        c = e2 * a + q * (2 * nb - nv)
        v = v + (growth * v + f1 * nv + 2 * f2 * (na + nb) + f3 * nonlinear(c))
    return v


def solve(v, linear, nonlinear, times, steps, halvings=0):
    """Return the spectra at `times`, with `steps` steps an interval.

    The first interval is cut at its last 1/2, 1/4, ... (`halvings` times), each part with
    `steps` steps of its own: a start for initial states with a kink.
    """
    times = np.asarray(times, dtype=float)
    gap = times[1] - times[0]
    first = v
    for part in [gap / 2**halvings] + [gap / 2**j for j in range(halvings, 0, -1)]:
        first = advance(first, nonlinear, coefficients(linear, part / steps), steps)
    spectra = [v, first]
    coefs = coefficients(linear, gap / steps)
    for _ in times[2:]:
        spectra.append(advance(spectra[-1], nonlinear, coefs, steps))
    return np.array(spectra)


def wavenumbers(modes, period):
    """Return the angular wavenumbers of the real FFT of `modes` points."""
    return 2 * np.pi / period * np.arange(modes // 2 + 1)


def project(function, modes, left, period, fine=2**20):
    """Return the first modes//2 + 1 Fourier coefficients (as of rfft with `modes` points)."""
    x = left + period * np.arange(fine) / fine
    spectrum = np.fft.rfft(function(x))[: modes // 2 + 1] * (modes / fine)
    spectrum[-1] = 0
    return spectrum


def evaluate(spectra, points):
    """Return the fields on points + 1 equidistant points, both ends of the period included."""
    modes = 2 * (spectra.shape[-1] - 1)
    values = np.fft.irfft(spectra, n=modes, axis=-1)[..., :: modes // points]
    return np.concatenate([values, values[..., :1]], axis=-1)
