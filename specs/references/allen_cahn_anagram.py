"""Reference for allen_cahn_anagram.pde: u_t = D*u_xx + 5*(u - u^3), u(-1) = u(1) = -1.

Scheme: Chebyshev collocation of the even part (801 points in [-1, 1], folded at x = 0) for
w = u + 1, diagonalised, and ETDRK4 in time with 100 steps an interval of 1/40; the first
interval is halved eight times because D*u_xx + 5*(u - u^3) is not 0 at t = 0, x = 1.
Problem: Schwencke and Furtlehner 2024, arXiv 2412.10782.
Accuracy: 4.3e-12 relative (maximum norm) against 1001 points and 200 steps.
"""

import etdrk4
import numpy as np
from chebyshev import chebyshev
from scipy.interpolate import BarycentricInterpolator
from table import difference, write_space_time

D = 1e-3


def initial(x):
    """Return the initial state."""
    return x**2 * np.cos(np.pi * x)


def second_derivative(nodes):
    """Return the points in (-1, 0] and the matrix of w_xx for even w with w(-1) = 0."""
    x, d = chebyshev(nodes)
    half = nodes // 2 + 1
    full = (d @ d) / 4
    folded = full[:half, :half].copy()
    folded[:, : nodes - half + 1] += full[:half, : half - 1 : -1]
    return 2 * x - 1, folded[1:, 1:]


def solve(x, times, nodes, steps, halvings):
    """Return u on the grid times by x."""
    points, matrix = second_derivative(nodes)
    rates, vectors = np.linalg.eig(matrix)
    rates, vectors = rates.real, vectors.real
    inverse = np.linalg.inv(vectors)

    def nonlinear(c):
        w = vectors @ c.real
        return inverse @ (15 * w**2 - 5 * w**3)

    start = inverse @ (initial(points[1 : nodes // 2 + 1]) + 1)
    spectra = etdrk4.solve(start, D * rates - 10, nonlinear, times, steps, halvings)
    half = np.hstack([np.zeros((len(times), 1)), spectra.real @ vectors.T])
    full = np.hstack([half, half[:, : nodes - nodes // 2][:, ::-1]])
    return BarycentricInterpolator(points, full.T)(x).T - 1


def main():
    """Write the table and print its accuracy."""
    x, t = np.linspace(-1, 1, 129), np.linspace(0, 1, 41)
    u = solve(x, t, 800, 100, 8)
    print(f"difference {difference(u, solve(x, t, 1000, 200, 9)):.1e}")
    write_space_time("allen_cahn_anagram", "x,t,u", x, t, u)


if __name__ == "__main__":
    main()
