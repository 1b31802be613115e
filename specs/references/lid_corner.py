"""Singular terms of the driven cavity's stream function at the corners of the lid.

psi = r*f(angle) + Re*r^2*g(angle) + ...: the Stokes flow of a scraper in a right angle
(Taylor 1962), where the velocity jumps, and its first inertial correction.
"""

import numpy as np
from chebyshev import chebyshev
from numpy.polynomial import Chebyshev


def scraper(x, y):
    """Return psi, psi_x, psi_y and grad(lap(psi)) of the Stokes flow in the corner (0, 0).

    The lid is y = 0 with speed psi_y = -1, the wall x = 0; polar angle from the lid.
    """
    c = 1 / (np.pi**2 / 4 - 1)
    b, d = -c * np.pi**2 / 4, c * np.pi / 2
    square, angle = np.maximum(x**2 + y**2, 1e-30), np.arctan2(y, x)
    flux, twist = c * x + d * y, d * x - c * y
    return np.array(
        [
            b * y + angle * flux,
            c * angle - flux * y / square,
            b + d * angle + flux * x / square,
            2 * d / square - 4 * x * twist / square**2,
            -2 * c / square - 4 * y * twist / square**2,
        ]
    )


def inertia(x, y):
    """Return psi_y*w_x - psi_x*w_y with w = lap(psi) for `scraper`, as g(angle)/r^2."""
    _, px, py, wx, wy = scraper(x, y)
    return py * wx - px * wy


def correction():
    """Return g of psi = r^2*g(angle) with lap(lap(psi)) = inertia, g = g' = 0 on lid and wall."""
    nodes, d = chebyshev(32)
    angle, d = nodes * np.pi / 2, d * 2 / np.pi
    one, d2 = np.eye(33), d @ d
    matrix, right = d2 @ (d2 + 4 * one), inertia(np.cos(angle), np.sin(angle))
    matrix[[0, 1, -2, -1]] = one[0], d[0], d[-1], one[-1]
    right[[0, 1, -2, -1]] = 0
    return Chebyshev.fit(angle, np.linalg.solve(matrix, right), 32)


G = correction()


def corner(x, y, inertial):
    """Return psi, psi_x, psi_y, grad(lap(psi)) and lap(lap(psi)) of two terms at (0, 0)."""
    square, angle = np.maximum(x**2 + y**2, 1e-30), np.arctan2(y, x)
    g, slope = G(angle), G.deriv()(angle)
    turn = (G.deriv(3) + 4 * G.deriv())(angle) / square
    second = [square * g, 2 * x * g - y * slope, 2 * y * g + x * slope, -y * turn, x * turn]
    both = scraper(x, y) + inertial * np.array(second)
    return np.array([*both, inertial * inertia(x, y)])


def singular(x, y, reynolds):
    """Return the sum of the terms of both lid corners, derivatives in the cavity's x and y."""
    left = np.array([1, 1, -1, 1, -1, 1])
    right = np.array([1, -1, -1, -1, -1, 1])
    fields = corner(x, 1 - y, -reynolds), corner(1 - x, 1 - y, reynolds)
    pairs = zip((left, right), fields, strict=True)
    return sum(np.einsum("i,i...->i...", *pair) for pair in pairs)
