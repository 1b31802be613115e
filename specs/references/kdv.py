"""Reference for kdv.pde: u_t + eta*u*u_x + mu^2*u_xxx = 0, period 2, u0 = cos(pi*x).

Scheme: Fourier in space (512 points, the lower two thirds of the modes), ETDRK4 in time with
2400 steps an interval of 1/40.  Problem: Zabusky and Kruskal 1965; Wang et al. 2023,
arXiv 2308.08468.
Accuracy: 8.8e-14 relative (maximum norm) against 1024 points and 3200 steps.
"""

import etdrk4
import numpy as np
from table import difference, write_space_time

ETA, MU = 1, 0.022
POINTS = 128


def solve(times, modes, steps):
    """Return u on POINTS + 1 points for every time."""
    k = etdrk4.wavenumbers(modes, 2)
    transport = -0.5j * ETA * k * (k < k[-1] * 2 / 3)

    def nonlinear(v):
        return transport * np.fft.rfft(np.fft.irfft(v, n=modes) ** 2)

    start = etdrk4.project(lambda x: np.cos(np.pi * x), modes, -1, 2)
    return etdrk4.evaluate(etdrk4.solve(start, 1j * MU**2 * k**3, nonlinear, times, steps), POINTS)


def main():
    """Write the table and print its accuracy."""
    x, t = np.linspace(-1, 1, POINTS + 1), np.linspace(0, 1, 41)
    u = solve(t, 512, 2400)
    print(f"difference {difference(u, solve(t, 1024, 3200)):.1e}")
    write_space_time("kdv", "x,t,u", x, t, u)


if __name__ == "__main__":
    main()
