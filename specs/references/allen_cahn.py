"""Reference for allen_cahn.pde: u_t = eps*u_xx + 5*u - 5*u^3, period 2, u0 = x^2*cos(pi*x).

Scheme: Fourier in space (4096 points, the lower two thirds of the modes), ETDRK4 in time with
100 steps an interval of 1/40; the first interval is halved ten times because the periodic u0
has a kink.  Problem: Raissi, Perdikaris and Karniadakis 2019, arXiv 1711.10561.
Accuracy, t > 0: 9.0e-12 relative (maximum norm) against 8192 points and 200 steps.
"""

import etdrk4
import numpy as np
from table import difference, write_space_time

EPS = 1e-4
POINTS = 128


def initial(x):
    """Return the initial state."""
    return x**2 * np.cos(np.pi * x)


def solve(times, modes, steps, halvings):
    """Return u on POINTS + 1 points for every time."""
    k = etdrk4.wavenumbers(modes, 2)
    kept = k < k[-1] * 2 / 3

    def nonlinear(v):
        return -5 * np.fft.rfft(np.fft.irfft(v, n=modes) ** 3) * kept

    start = etdrk4.project(initial, modes, -1, 2) * kept
    spectra = etdrk4.solve(start, 5 - EPS * k**2, nonlinear, times, steps, halvings)
    return etdrk4.evaluate(spectra, POINTS)


def main():
    """Write the table and print its accuracy."""
    x, t = np.linspace(-1, 1, POINTS + 1), np.linspace(0, 1, 41)
    u, fine = solve(t, 4096, 100, 10), solve(t, 8192, 200, 11)
    print(f"difference {difference(u[1:], fine[1:]):.1e}")
    u[0] = initial(x)
    write_space_time("allen_cahn", "x,t,u", x, t, u)


if __name__ == "__main__":
    main()
