r"""The degree in each axis of the known terms of a problem.

A known term (see `wavenumbers`) is interpolated along every axis at the zeros of a Chebyshev
polynomial, or at equispaced points of a periodic axis. Its degree there is that of the last
coefficient above rounding of the largest, on any line of the others' nodes: a smooth function has
coefficients that fall faster than any power (Trefethen, Approximation Theory and Approximation
Practice, 2013, chapters 7 and 8).
"""

from __future__ import annotations

import numpy as np
import scipy.fft
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry import input_bounds
from pdedsl.ir import Problem

from .discretisation import component_axes
from .wavenumbers import known_terms

_ROUNDING = 1e-14  # of the largest coefficient
_NODES = {1: 512, 2: 192, 3: 48}  # of each axis, by the number of axes
Array = NDArray[np.float64]


def known_degrees(problem: Problem) -> tuple[int, ...]:
    """Degrees, or wave numbers of periodic axes, of all known terms, one for each input.

    Where all are constant along an axis, 0.

    Args:
        problem: on a box of up to three inputs, which all unknowns have.

    Raises:
        ValueError: other inputs, or a known term that is not smooth on the box.
    """
    axes = component_axes(problem)
    if any(own != axes[0] for own in axes) or len(axes[0]) != len(problem.inputs):
        raise ValueError("the unknowns have different inputs")
    if len(problem.inputs) not in _NODES:
        raise ValueError(f"{len(problem.inputs)} inputs are too many for a tensor of nodes")
    circles = [axis.period is not None for axis in axes[0]]
    points = _points(problem, circles)
    degrees = [0] * len(circles)
    for term in known_terms(problem):
        values = _values(term, problem, points)
        found = [_degree(values, axis, circle) for axis, circle in enumerate(circles)]
        degrees = [max(pair) for pair in zip(degrees, found, strict=True)]
    return tuple(degrees)


def _points(problem: Problem, circles: list[bool]) -> list[Array]:
    """Nodes of each axis, spread over the others."""
    ends, n = input_bounds(problem), _NODES[len(circles)]
    lines = []
    for symbol, circle in zip(problem.inputs, circles, strict=True):
        lower, upper = ends[symbol]
        unit = np.arange(n) / n if circle else (1 + np.cos(np.pi * (np.arange(n) + 0.5) / n)) / 2
        lines.append(lower + (upper - lower) * unit)
    return list(np.meshgrid(*lines, indexing="ij"))


def _values(term: sp.Expr, problem: Problem, points: list[Array]) -> Array:
    function = sp.lambdify(problem.inputs, term, "numpy", cse=True)
    with np.errstate(all="ignore"):
        values = np.asarray(function(*points), dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a known term is not finite everywhere")
    return np.broadcast_to(values, points[0].shape)


def _degree(values: Array, axis: int, circle: bool) -> int:
    """The degree along an axis.

    Raises:
        ValueError: the nodes do not resolve the term.
    """
    coefficients = np.abs(
        scipy.fft.rfft(values, axis=axis) if circle else scipy.fft.dct(values, axis=axis)
    )
    sizes = coefficients.max(axis=tuple(i for i in range(values.ndim) if i != axis))
    above = np.flatnonzero(sizes > _ROUNDING * sizes.max())
    degree = int(above[-1]) if len(above) else 0
    if degree >= 3 * len(sizes) // 4:
        raise ValueError("a known term is not smooth")
    return degree
