"""Reference for kuramoto_sivashinsky.pde, period 2, u0 = -sin(pi*x).

Equation: u_t + alpha*u*u_x + beta*u_xx + gamma*u_xxxx = 0, alpha = 5, beta = 0.5,
gamma = 0.005.  Scheme: Fourier in space (256 points, the lower two thirds of the modes),
ETDRK4 in time with 2400 steps an interval of 1/40.  Problem: Wang, Sankaran and Perdikaris
2022, arXiv 2203.07404 (the regular case).
Accuracy: 2.5e-12 relative (maximum norm) against 512 points and 3200 steps.
"""

import etdrk4
import numpy as np
from table import difference, write_space_time

ALPHA, BETA, GAMMA = 5, 0.5, 0.005
POINTS = 128


def solve(times, modes, steps):
    """Return u on POINTS + 1 points for every time."""
    k = etdrk4.wavenumbers(modes, 2)
    transport = -0.5j * ALPHA * k * (k < k[-1] * 2 / 3)

    def nonlinear(v):
        return transport * np.fft.rfft(np.fft.irfft(v, n=modes) ** 2)

    start = etdrk4.project(lambda x: -np.sin(np.pi * x), modes, -1, 2)
    linear = BETA * k**2 - GAMMA * k**4
    return etdrk4.evaluate(etdrk4.solve(start, linear, nonlinear, times, steps), POINTS)


def main():
    """Write the table and print its accuracy."""
    x, t = np.linspace(-1, 1, POINTS + 1), np.linspace(0, 1, 41)
    u = solve(t, 256, 2400)
    print(f"difference {difference(u, solve(t, 512, 3200)):.1e}")
    write_space_time("kuramoto_sivashinsky", "x,t,u", x, t, u)


if __name__ == "__main__":
    main()
