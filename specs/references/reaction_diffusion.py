"""Reference for reaction_diffusion.pde: u_t = nu*u_xx + rho*u*(1 - u), period 2 pi.

Scheme: Fourier in space (1024 points, the lower two thirds of the modes), ETDRK4 in time with
100 steps an interval of 1/40; the first interval is halved eight times because the periodic
initial Gaussian has a weak kink.  Problem: Krishnapriyan et al. 2021, arXiv 2109.01050.
Accuracy, t > 0: 2.3e-14 relative (maximum norm) against 2048 points and 200 steps.
"""

import etdrk4
import numpy as np
from table import difference, write_space_time

RHO, NU = 5, 3
POINTS = 128


def initial(x):
    """Return the initial Gaussian."""
    return np.exp(-((x - np.pi) ** 2) / (2 * (np.pi / 4) ** 2))


def solve(times, modes, steps, halvings):
    """Return u on POINTS + 1 points for every time."""
    k = etdrk4.wavenumbers(modes, 2 * np.pi)
    kept = k < k[-1] * 2 / 3

    def nonlinear(v):
        return -RHO * np.fft.rfft(np.fft.irfft(v, n=modes) ** 2) * kept

    start = etdrk4.project(initial, modes, 0, 2 * np.pi) * kept
    spectra = etdrk4.solve(start, RHO - NU * k**2, nonlinear, times, steps, halvings)
    return etdrk4.evaluate(spectra, POINTS)


def main():
    """Write the table and print its accuracy."""
    x, t = np.linspace(0, 2 * np.pi, POINTS + 1), np.linspace(0, 1, 41)
    u, fine = solve(t, 1024, 100, 8), solve(t, 2048, 200, 9)
    print(f"difference {difference(u[1:], fine[1:]):.1e}")
    u[0] = initial(x)
    write_space_time("reaction_diffusion", "x,t,u", x, t, u)


if __name__ == "__main__":
    main()
