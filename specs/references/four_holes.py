"""Reference for four_holes.pde: -lap(u) = 1 in a square without four disks, u = 0 on all edges.

u = w - |z|^2/4 with w harmonic: a polynomial, logarithms and negative powers about the centres
of the disks and about their mirror images in the sides, and z^m log z at the corners, fitted by
least squares on the boundary.  By the maximum principle the error is at most the largest
boundary value.
Accuracy: 2.5e-14 absolute (largest boundary value on other points); 3.3e-11 against a smaller
basis.
"""

import numpy as np
from table import difference, write

HOLES = [(-0.45, -0.45, 0.2), (0.45, 0.45, 0.2), (-0.45, 0.45, 0.25), (0.45, -0.4, 0.15)]
CORNERS = [1 + 1j, -1 + 1j, 1 - 1j, -1 - 1j]
REACH = np.sqrt(2)


def boundary(on_circle, on_side):
    """Return points on the circles, and on the sides, clustered at the corners."""
    circle = np.exp(2j * np.pi * np.arange(on_circle) / on_circle)
    side = -np.cos(np.pi * (np.arange(on_side) + 0.5) / on_side)
    circles = [x + 1j * y + r * circle for x, y, r in HOLES]
    return np.concatenate([*circles, side - 1j, side + 1j, 1j * side - 1, 1j * side + 1])


def powers(w, count):
    """Return the real and imaginary parts of w^k, k = 1 ... count."""
    parts = [w**k for k in range(1, count + 1)]
    return [f(p) for p in parts for f in (np.real, np.imag)]


def around_holes(z, count, of_images):
    """Return the functions of the disks and of their mirror images."""
    columns = []
    mirrors = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    for x, y, r in HOLES:
        for i, j in mirrors:
            centre = (2 * i - x if i else x) + 1j * (2 * j - y if j else y)
            w = r / (z - centre)
            columns += [np.log(np.abs(w)), *powers(w, of_images if i or j else count)]
    return columns


def functions(z, degree, count, of_images):
    """Return all functions at complex points, shape (points, functions)."""
    columns = [np.ones(z.shape), *powers(z / REACH, degree), *around_holes(z, count, of_images)]
    for corner in CORNERS:
        w = (corner - z) / corner / REACH  # its angle is 0 along the diagonal
        for m in range(2, 20, 2):
            product = w**m * np.log(w)
            columns += [product.real, product.imag]
    return np.stack(columns, axis=-1)


def solve(*sizes):
    """Return u as a function of complex points."""
    degree, count, _ = sizes
    z = boundary(4 * count + 80, 10 * degree)
    matrix = functions(z, *sizes)
    scale = np.linalg.norm(matrix, axis=0)
    x = np.linalg.lstsq(matrix / scale, np.abs(z) ** 2 / 4, rcond=1e-15)[0] / scale
    return lambda z: functions(z, *sizes) @ x - np.abs(z) ** 2 / 4


def grid(count):
    """Return the points of a grid of count + 1 points a direction inside the set."""
    x, y = np.meshgrid(*2 * [np.linspace(-1, 1, count + 1)[1:-1]])
    outside = np.all([np.hypot(x - a, y - b) > r for a, b, r in HOLES], axis=0)
    return x[outside] + 1j * y[outside]


if __name__ == "__main__":
    u = solve(40, 20, 6)
    z = grid(48)
    print("largest value on the boundary:", np.max(np.abs(u(boundary(777, 555)))))
    print("against a smaller basis:", difference(solve(30, 16, 4)(z), u(z)))
    write("four_holes", "x,y,u", [z.real, z.imag, u(z)])
