"""Reference for cavity.pde and cavity_stream.pde: lid-driven cavity, Re = 100.

The fourth-order stream-function equation dot(v, grad(lap(psi))) = lap(lap(psi))/Re with
v = (psi_y, -psi_x), psi = 0 and dn(psi) = 1 on the lid, 0 on the walls.  The Stokes solutions
of the two lid corners (Taylor 1962, a scraper in a right angle), where the velocity jumps, are
subtracted; the rest is found by Chebyshev collocation of NODES + 1 points a direction and
Newton's method.  The two corner terms of `lid_corner.py` are exact; the next ones limit the
convergence, mostly near the lid corners, which are left out of cavity.csv.
Accuracy, absolute, against 57 points: 1.1e-8 (psi), 2.5e-6 (v1), 1.7e-6 (v2).  Extremes on the
centrelines: v1 >= -0.2140424, -0.2538030 <= v2 <= 0.1795728, all digits as in Botella and
Peyret 1998 (Comput. Fluids 27); Ghia, Ghia and Shin 1982 deviate by up to 0.005 (v1) and
0.009 (v2).
"""

import numpy as np
from chebyshev import chebyshev
from lid_corner import singular
from scipy.interpolate import BarycentricInterpolator
from scipy.linalg import lu_factor, lu_solve
from table import write

RE = 100
NODES = 64
GHIA_Y = [0.0547, 0.0625, 0.0703, 0.1016, 0.1719, 0.2813, 0.4531, 0.5, 0.6172, 0.7344, 0.8516]
GHIA_V1 = [-0.03717, -0.04192, -0.04775, -0.06434, -0.10150, -0.15662, -0.21090, -0.20581]
GHIA_V1 += [-0.13641, 0.00332, 0.23151]
GHIA_X = [0.0625, 0.0703, 0.0781, 0.0938, 0.1563, 0.2266, 0.2344, 0.5, 0.8047, 0.8594, 0.9063]
GHIA_V2 = [0.09233, 0.10091, 0.10890, 0.12317, 0.16077, 0.17507, 0.17527, 0.05454, -0.24533]
GHIA_V2 += [-0.22445, -0.16914]


def solve(nodes, steps=6):
    """Return the points and the smooth part of psi at x[i], y[j]."""
    x, d = chebyshev(nodes)
    size, one = nodes + 1, np.eye(nodes + 1)
    xx, yy = (a.ravel() for a in np.meshgrid(x, x, indexing="ij"))
    s, sx, sy, slx, sly, load = singular(xx, yy, RE)
    dx, dy = np.kron(d, one), np.kron(one, d)
    d2 = d @ d
    plate = np.kron(d2 @ d2, one) + 2 * np.kron(d2, d2) + np.kron(one, d2 @ d2)
    d3 = d @ d2
    lapx = np.kron(d3, one) + np.kron(d, d2)
    lapy = np.kron(d2, d) + np.kron(one, d3)
    index = np.arange(size**2).reshape(size, size)
    edge = np.unique(np.r_[index[[0, -1]].ravel(), index[:, [0, -1]].ravel()])
    below, beside = index[1:-1, [1, -2]].ravel(), index[[1, -2], 2:-2].ravel()
    below_at, beside_at = index[1:-1, [0, -1]].ravel(), index[[0, -1], 2:-2].ravel()
    lid = np.tile([0.0, 1.0], nodes - 1)

    def system(phi):
        v1, v2 = dy @ phi + sy, -(dx @ phi + sx)
        wx, wy = lapx @ phi + slx, lapy @ phi + sly
        residual = (plate @ phi + load) / RE - v1 * wx - v2 * wy
        matrix = plate / RE - v1[:, None] * lapx - v2[:, None] * lapy
        matrix += -wx[:, None] * dy + wy[:, None] * dx
        for rows, operator, at, value in (
            (edge, np.eye(size**2), edge, -s[edge]),
            (below, dy, below_at, lid - sy[below_at]),
            (beside, dx, beside_at, -sx[beside_at]),
        ):
            matrix[rows] = operator[at]
            residual[rows] = operator[at] @ phi - value
        return residual, matrix

    phi = np.zeros(size**2)
    for _ in range(steps):
        residual, matrix = system(phi)
        scale = 1 / np.abs(matrix).max(axis=1)
        phi = phi - lu_solve(lu_factor(matrix * scale[:, None]), residual * scale)
    return x, d, phi.reshape(size, size)


def evaluate(solution, x, y):
    """Return psi, v1 and v2 on the tensor grid x by y."""
    nodes, d, phi = solution
    at = [BarycentricInterpolator(nodes, np.eye(nodes.size))(p) for p in (x, y)]
    s, sx, sy = singular(*np.meshgrid(x, y, indexing="ij"), RE)[:3]
    psi, v1, v2 = phi, phi @ d.T, -d @ phi
    return np.array([at[0] @ f @ at[1].T for f in (psi, v1, v2)]) + np.array([s, sy, -sx])


def deviations(solution):
    """Return the deviations from Ghia's velocities on both centrelines."""
    v1 = evaluate(solution, np.array([0.5]), np.array(GHIA_Y))[1, 0]
    v2 = evaluate(solution, np.array(GHIA_X), np.array([0.5]))[2, :, 0]
    return v1 - GHIA_V1, v2 - GHIA_V2


def extremes(solution):
    """Return the least v1, the least v2 and the largest v2 on the centrelines."""
    line, middle = np.linspace(0, 1, 4001), np.array([0.5])
    v1, v2 = evaluate(solution, middle, line)[1], evaluate(solution, line, middle)[2]
    return v1.min(), v2.min(), v2.max()


def main():
    """Write both tables and print their accuracy."""
    grid = np.linspace(0, 1, 65)
    solution = solve(NODES)
    psi, v1, v2 = evaluate(solution, grid, grid)
    coarse = evaluate(solve(NODES - 8), grid, grid)
    gap = np.abs(np.array([psi, v1, v2]) - coarse).max(axis=(1, 2))
    print("difference", *(f"{g:.1e}" for g in gap))
    print("extremes", *(f"{e:.7f}" for e in extremes(solution)))
    for name, gaps in zip(("v1", "v2"), deviations(solution), strict=True):
        print(f"Ghia {name}", np.round(gaps, 4))
    walls = np.ones((65, 65), dtype=bool)
    walls[1:-1, 1:-1] = False
    psi[walls], v1[walls], v2[walls] = 0, 0, 0
    v1[1:-1, -1] = 1
    x, y = np.meshgrid(grid, grid, indexing="ij")
    smooth = ~((y == 1) & ((x == 0) | (x == 1)))
    write("cavity", "x,y,v1,v2", [f[smooth] for f in (x, y, v1, v2)])
    write("cavity_stream", "x,y,psi", [x, y, psi])


if __name__ == "__main__":
    main()
