"""Reference for poisson_hole.pde: -lap(u) = 1, disk with a hole, mixed conditions.

u = w - |z|^2/4 with w harmonic, by the lightning method (`lightning.py`): a polynomial,
powers of 1/(z - c) and a logarithm for the hole, poles and square roots for (-1, 0) and
(1, 0), where the fixed and the Robin part meet and u behaves like sqrt(r).
Accuracy: 2.9e-12 absolute against a larger basis; weighted residual of the laws 3.6e-13.
"""

import numpy as np
from lightning import Basis, cluster, least_squares
from table import write

H, UINF = 2, 0.5
CENTRE, RADIUS = 0.3, 0.2


def singular(roots, powers):
    """Return the analytic functions of the two corners and of the hole."""

    def functions(z):
        z = z[:, None]
        k, m = np.arange(roots), np.arange(1, powers + 1)
        a, b, r = np.sqrt(1 - z), np.sqrt(1 + z), RADIUS / (z - CENTRE)
        monomials, slopes = z**k, k * z ** np.maximum(k - 1, 0)
        values = [a * monomials, b * monomials, r**m]
        with np.errstate(divide="ignore", invalid="ignore"):
            derivatives = [
                a * slopes - monomials / (2 * a),
                b * slopes + monomials / (2 * b),
                -m / RADIUS * r ** (m + 1),
            ]
        return np.hstack(values), np.hstack(derivatives)

    return functions


def solve(poles, degree, roots, powers, count=900):
    """Return u as a function of complex points, and the weighted residual."""
    s = np.pi * (np.tanh(np.linspace(-12, 12, count)) / 2 + 0.5)
    fixed, robin = np.exp(1j * s), np.exp(-1j * s)
    hole = np.exp(2j * np.pi * np.arange(count) / count)
    inner = CENTRE + RADIUS * hole
    near = cluster(0, 1, poles)
    basis = Basis(
        np.exp(1j * np.linspace(0, 2 * np.pi, count)),
        degree,
        np.r_[1 + near, -1 - near],
        np.r_[near, near].real,
        [CENTRE],
        singular(roots, powers),
    )
    matrix = np.vstack(
        [
            basis.values(fixed),
            basis.slopes(robin, robin) + H * basis.values(robin),
            basis.slopes(inner, -hole),
        ]
    )
    ones = np.ones(count)
    right = np.r_[ones / 4, (0.5 + H / 4 + H * UINF) * ones, -(np.conj(inner) * hole).real / 2]
    weights = np.r_[ones, np.sin(s), ones]
    x, residual = least_squares(matrix, right, weights)
    return lambda z: basis.values(z) @ x - np.abs(z) ** 2 / 4, residual


def grid():
    """Return a grid in the ring between the circles, both circles included."""
    s = np.linspace(0, 1, 41)[:, None]
    circle = np.exp(2j * np.pi * np.arange(128) / 128)
    return ((1 - s) * (CENTRE + RADIUS * circle) + s * circle).ravel()


def main():
    """Write the table and print its accuracy."""
    z = grid()
    u, residual = solve(40, 30, 12, 24)
    finer, finer_residual = solve(50, 40, 16, 30)
    values = u(z)
    print(f"difference {np.max(np.abs(values - finer(z))):.1e}")
    print(f"residual {residual:.1e}, {finer_residual:.1e}")
    values[(np.abs(z) > 1 - 1e-12) & (z.imag > -1e-12)] = 0
    write("poisson_hole", "x,y,u", [z.real, z.imag, values])


if __name__ == "__main__":
    main()
