"""The same problems by finite elements of scikit-fem (extra ``bench``), P2 or P4.

Curved boundaries are quadratic: the middles of edges lie on the circle, as those of isoparametric
P2 elements do; elements of degree 4 have no better ones in that library.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array, Array], Array]

_MOST = {"P2": 60_000, "P4": 40_000}  # unknowns of the last mesh: some ten seconds
_CENTRE, _RADIUS = np.array([0.1, 0.0]), 0.3


@dataclass(frozen=True)
class Plane:
    """−div(a grad u) + c u = f in a plane set, u = g on its boundary.

    Args:
        mesh: of a level, coarse at 0.
        a: coefficient of diffusion.
        c: constant coefficient.
        f: source.
        g: values on the boundary.
    """

    mesh: Callable[[int], Any]
    a: Function
    c: float
    f: Function
    g: Function


@dataclass(frozen=True)
class Solved:
    """Unknowns, seconds and relative L2 error."""

    unknowns: int
    seconds: float
    error: float


def solve(plane: Plane, element: str, truth: Function) -> list[Solved]:
    """Solutions on finer and finer meshes; ``truth`` of x and y, both of one shape."""
    out: list[Solved] = []
    level = 1
    while not out or out[-1].unknowns * 4 <= _MOST[element]:
        out.append(_solve(plane, plane.mesh(level), element, truth))
        level += 1
    return out


def _solve(plane: Plane, mesh: Any, element: str, truth: Function) -> Solved:
    import skfem
    from skfem.helpers import dot, grad

    began = time.monotonic()
    quads = "Quad" in type(mesh).__name__
    kinds = {
        "P2": skfem.ElementQuad2 if quads else skfem.ElementTriP2,
        "P4": (lambda: skfem.ElementQuadP(4)) if quads else skfem.ElementTriP4,
    }
    basis = skfem.Basis(mesh, kinds[element](), intorder=8)
    matrix = skfem.BilinearForm(
        lambda u, v, w: plane.a(*w.x) * dot(grad(u), grad(v)) + plane.c * u * v
    ).assemble(basis)
    load = skfem.LinearForm(lambda v, w: plane.f(*w.x) * v).assemble(basis)
    edges = basis.boundary()
    given = edges.project(lambda x: plane.g(x[0], x[1]))
    fixed = basis.get_dofs()
    u = skfem.solve(*skfem.condense(matrix, load, x=given, D=fixed))
    seconds = time.monotonic() - began
    places = basis.global_coordinates().value
    known = truth(places[0], places[1])
    square = skfem.Functional(lambda w: (w.u - known) ** 2).assemble(basis, u=basis.interpolate(u))
    size = skfem.Functional(lambda w: known**2 + 0 * w.x[0]).assemble(basis)
    return Solved(len(u), seconds, float(np.sqrt(square / size)))


def _disk(level: int) -> Any:
    import skfem

    return skfem.MeshTri2.init_circle(level + 1)


def _around_disk(level: int) -> Any:
    """Quadrilaterals between the square and the circle, which the inner edges lie on."""
    import skfem

    rings, sides = 2**level, 8 * 2**level
    angle = 2 * np.pi * (np.arange(sides) + 0.5) / sides + np.pi / 4 - np.pi / sides
    ray = np.stack([np.cos(angle), np.sin(angle)])
    square = ray / np.abs(ray).max(axis=0)
    circle = _CENTRE[:, None] + _RADIUS * ray
    shares = np.linspace(0, 1, rings + 1)
    points = np.concatenate([(1 - s) * circle + s * square for s in shares], axis=1)
    i, j = (m.ravel() for m in np.meshgrid(np.arange(rings), np.arange(sides), indexing="ij"))
    k = (j + 1) % sides
    corners = np.stack([i * sides + j, (i + 1) * sides + j, (i + 1) * sides + k, i * sides + k])
    mesh = skfem.MeshQuad2.from_mesh(skfem.MeshQuad(points, corners))
    places = mesh.doflocs.copy()
    away = np.linalg.norm(places - _CENTRE[:, None], axis=0)
    inner = away < _RADIUS * (1 + 1e-9)
    places[:, inner] = _CENTRE[:, None] + (places - _CENTRE[:, None])[:, inner] * (
        _RADIUS / away[inner]
    )
    return skfem.MeshQuad2(places, mesh.t)


def _l_shape(level: int) -> Any:
    import skfem

    return skfem.MeshTri.init_lshaped().refined(level + 1)


def smooth(x: Array, y: Array) -> Array:
    return np.asarray(np.exp(x) * np.sin(3 * y + x**2) / (1 + x**2 + y**2))


def _smooth_source(x: Array, y: Array) -> Array:
    """−Δ of `smooth`, by sympy."""
    import sympy as sp

    s, t = sp.symbols("x y", real=True)
    v = sp.exp(s) * sp.sin(3 * t + s**2) / (1 + s**2 + t**2)
    made = sp.lambdify((s, t), -sp.diff(v, s, 2) - sp.diff(v, t, 2), "numpy", cse=True)
    return np.asarray(made(x, y))


def _one(x: Array, y: Array) -> Array:
    return np.ones_like(x + y)


def _zero(x: Array, y: Array) -> Array:
    return np.zeros_like(x + y)


def _variable(x: Array, y: Array) -> Array:
    return 1 + 0.3 * x + 0.2 * y


SMOOTH_ON_DISK = Plane(_disk, _one, 0.0, _smooth_source, smooth)
SMOOTH_AROUND_DISK = Plane(_around_disk, _one, 0.0, _smooth_source, smooth)
LOAD_ON_L_SHAPE = Plane(_l_shape, _one, 0.0, _one, _zero)
LOAD_AROUND_DISK = Plane(_around_disk, _one, 0.0, _one, _zero)
VARIABLE_ON_L_SHAPE = Plane(_l_shape, _variable, 4.0, _one, _zero)
VARIABLE_AROUND_DISK = Plane(_around_disk, _variable, 4.0, _one, _zero)
