"""Measurements for heat_inverse.pde: u = exp(-0.1*pi^2*t)*sin(pi*x) with noise.

400 points, uniform in [0, 1]^2, Gaussian noise of standard deviation 0.01, seed 0.  The best
fit of kappa alone to these values is 0.10023 (true value 0.1).
"""

import numpy as np
from scipy.optimize import curve_fit
from table import write


def solution(points, kappa):
    """Return the exact solution for the diffusivity kappa."""
    x, t = points
    return np.exp(-kappa * np.pi**2 * t) * np.sin(np.pi * x)


def main():
    """Write the table and print the diffusivity that fits it best."""
    rng = np.random.default_rng(0)
    points = rng.random((2, 400))
    value = solution(points, 0.1) + 0.01 * rng.standard_normal(400)
    print(f"kappa {curve_fit(solution, points, value, p0=[1])[0][0]:.5f}")
    write("heat_inverse", "x,t,value", [*points, value])


if __name__ == "__main__":
    main()
