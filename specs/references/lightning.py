"""Harmonic functions with corner singularities by rational approximation and least squares.

The "lightning" method of Gopal and Trefethen 2019 (SIAM J. Numer. Anal. 57): poles clustered
exponentially near the corners, outside the domain, and a polynomial, each real or imaginary
part a basis function; shared by the scripts of this folder.
"""

import numpy as np


def cluster(corner, direction, count, rate=4.0):
    """Return `count` poles that approach the corner along the direction."""
    k = np.arange(1, count + 1)
    return corner + direction * np.exp(rate * (np.sqrt(k) - np.sqrt(count)))


def arnoldi(z, degree):
    """Return the Hessenberg matrix of the polynomials orthogonal on the points z."""
    q = np.ones((z.size, degree + 1), dtype=complex)
    h = np.zeros((degree + 1, degree), dtype=complex)
    for k in range(degree):
        w = z * q[:, k]
        for j in range(k + 1):
            h[j, k] = np.vdot(q[:, j], w) / z.size
            w = w - h[j, k] * q[:, j]
        h[k + 1, k] = np.linalg.norm(w) / np.sqrt(z.size)
        q[:, k + 1] = w / h[k + 1, k]
    return h


def polynomials(z, h):
    """Return the polynomials of `arnoldi` and their derivatives at z."""
    q = np.ones((z.size, h.shape[1] + 1), dtype=complex)
    d = np.zeros_like(q)
    for k in range(h.shape[1]):
        q[:, k + 1] = (z * q[:, k] - q[:, : k + 1] @ h[: k + 1, k]) / h[k + 1, k]
        d[:, k + 1] = (z * d[:, k] + q[:, k] - d[:, : k + 1] @ h[: k + 1, k]) / h[k + 1, k]
    return q, d


class Basis:
    """The analytic functions f of the method; Re f and -Im f are the real basis."""

    def __init__(self, points, degree, poles, sizes, centres=(), extra=None):
        """Take sample points, polynomial degree, poles with sizes, and centres of the logs.

        `extra` maps z to the values and the derivatives of further analytic functions.
        """
        self.h = arnoldi(points, degree)
        self.poles, self.sizes, self.centres = poles, sizes, centres
        self.extra = extra or (lambda z: (np.empty((z.size, 0)), np.empty((z.size, 0))))

    def complex(self, z):
        """Return the values and the derivatives of the analytic functions at z."""
        q, d = polynomials(z, self.h)
        r = self.sizes / (z[:, None] - self.poles)
        f, slope = self.extra(z)
        return np.hstack([q, r, f]), np.hstack([d, -(r**2) / self.sizes, slope])

    def values(self, z):
        """Return the matrix of the real basis at z."""
        f = self.complex(z)[0]
        logs = [np.log(np.abs(z - c)) for c in self.centres]
        return np.column_stack([f.real, -f.imag, *logs])

    def slopes(self, z, normal):
        """Return the matrix of the derivatives along the unit vectors `normal`."""
        d = self.complex(z)[1] * normal[:, None]
        logs = [(normal / (z - c)).real for c in self.centres]
        return np.column_stack([d.real, -d.imag, *logs])


def least_squares(matrix, right, weights):
    """Return the coefficients and the largest weighted residual, with unit columns."""
    matrix, right = weights[:, None] * matrix, weights * right
    norms = np.maximum(np.linalg.norm(matrix, axis=0), 1e-300)
    x = np.linalg.lstsq(matrix / norms, right, rcond=1e-15)[0]
    return x / norms, np.max(np.abs(matrix / norms @ x - right))
