"""Reference for poisson_lshape.pde: -lap(u) = 1 in the L shape, u = 0 on its boundary.

u = w - |z|^2/4 with w harmonic, by the lightning method (`lightning.py`): poles at the six
corners, a polynomial, least squares on the boundary.  By the maximum principle the error is
at most the largest boundary value.
Accuracy: 2.0e-12 absolute (largest boundary value on other points); 1.9e-11 against a
smaller basis.
"""

import numpy as np
from lightning import Basis, cluster, least_squares
from table import write

CORNERS = np.array([0, 1, 1 - 1j, -1 - 1j, -1 + 1j, 1j])
OUTWARD = np.exp(1j * np.pi / 4 * np.array([1, 1, -1, -3, 3, 1]))


def boundary(count):
    """Return points on the six sides, clustered at the corners."""
    s = np.tanh(np.linspace(-16, 16, count)) / 2 + 0.5
    ends = np.roll(CORNERS, -1)
    return np.concatenate([a + s * (b - a) for a, b in zip(CORNERS, ends, strict=True)])


def solve(poles, degree, count=800):
    """Return u as a function of complex points."""
    sizes = [2 * poles, *[poles] * 5]
    near = [cluster(c, o, k) for c, o, k in zip(CORNERS, OUTWARD, sizes, strict=True)]
    gaps = [np.abs(p - c) for p, c in zip(near, CORNERS, strict=True)]
    points = boundary(count)
    basis = Basis(points, degree, np.concatenate(near), np.concatenate(gaps))
    ones = np.ones(points.size)
    x = least_squares(basis.values(points), np.abs(points) ** 2 / 4, ones)[0]
    return lambda z: basis.values(z) @ x - np.abs(z) ** 2 / 4


def grid(count):
    """Return the points of a grid of count + 1 points a direction in the closed L shape."""
    x, y = np.meshgrid(np.linspace(-1, 1, count + 1), np.linspace(-1, 1, count + 1))
    inside = (x <= 0) | (y <= 0)
    return x[inside] + 1j * y[inside]


def main():
    """Write the table and print its accuracy."""
    z = grid(80)
    edge = (np.maximum(np.abs(z.real), np.abs(z.imag)) == 1) | (np.maximum(z.real, z.imag) == 0)
    edge &= (np.maximum(np.abs(z.real), np.abs(z.imag)) == 1) | (np.minimum(z.real, z.imag) == 0)
    values = np.zeros(z.size)
    u = solve(60, 20)
    values[~edge] = u(z[~edge])
    print(f"difference {np.max(np.abs(values - solve(50, 30)(z))[~edge]):.1e}")
    print(f"boundary {np.max(np.abs(u(boundary(3001)))):.1e}, largest u {values.max():.12f}")
    write("poisson_lshape", "x,y,u", [z.real, z.imag, values])


if __name__ == "__main__":
    main()
