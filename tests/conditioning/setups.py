"""Problems and matrices that several tests share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pdedsl
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import Discretisation, discretise
from pdedsl.conditioning.gram import Gram, Term
from pdedsl.conditioning.rows import symbol_rows

POISSON = """problem "poisson"
domain Omega: x in [-pi, pi]
unknown u(x)
eq: -u_xx = sin(x)
bc: u = 0  on boundary
"""
ADVECTION = """problem "advection"
param beta = 30, T = 1
domain Omega: x in [0, 2*pi]
time t in [0, T]
unknown u(x, t)
eq: u_t + beta*u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x
"""
NEUMANN = """problem "neumann"
domain Omega: x in [0, 2]
unknown u(x)
eq: -u_xx = cos(pi*x)
bc: dn(u) = 0  on boundary
"""
STOKES = """problem "stokes"
domain Omega: (x, y) in [0, 1] * [0, 2]
unknown v(x, y) in R^2, p(x, y)
eq momentum: -lap(v) + grad(p) = (1, 0)
eq mass: div(v) = 0
bc wall: v = (0, 0)  on x = 0, y = 0
bc free: dn(v[1]) - p*n[1] + 2*v[2]*n[2] = 0  on x = 1, y = 2
eq gauge: p = 0  at (x, y) = (0, 0)
"""
MIXED = """problem "mixed conditions"
domain Omega: (x, y) in [0, 1] * [-1, 2]
time t in [0, 3]
unknown u(x, y, t)
eq: u_t = lap(u) + 2*u_x
ic: u = 0  at t = 0
bc robin: dn(u) + 3*u = 0  on x = 0, x = 1
bc clamp: u = 0, dn(u) - u_x = 1  on y = 2
"""


def gram_of(text: str, family: str = "fourier", modes: int | None = None, **more: Any) -> Gram:
    """The matrix of a text."""
    return both_of(text, family, modes, **more)[1]


def both_of(
    text: str, family: str = "fourier", modes: int | None = None, **more: Any
) -> tuple[Discretisation, Gram]:
    """The bases of a text and their matrix; options of the basis by name, parameters too."""
    problem = pdedsl.parse(text)
    names = [str(p.symbol) for p in problem.parameters]
    values = {name: more.pop(name) for name in names if name in more}
    if values:
        problem = problem.with_params(**values)
    made = discretise(problem, family, modes, **more)
    return made, assemble(problem, made)


def without_symbol(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all laws go through quadrature."""
    monkeypatch.setattr(symbol_rows, "fits", lambda *_: False)


def random_gram(seed: int, size: int = 6, laws: int = 3) -> Gram:
    """A matrix with one equation and random conditions."""
    rng = np.random.default_rng(seed)
    terms = []
    for i in range(laws):
        rows = size - 1 if i == 0 else int(rng.integers(1, size))
        factor = rng.normal(size=(rows, size)) * np.exp(rng.normal(size=size))
        kind = "bc" if i else "eq"
        terms.append(Term(f"{kind}.{i}", kind, i == 0, factor, 1.0, 1, "", True))
    return Gram(tuple(terms), size)


def graded(size: int, decades: float, seed: int = 0) -> NDArray[np.float64]:
    """A factor with singular values 1 … 10^−decades."""
    rng = np.random.default_rng(seed)
    left, _ = np.linalg.qr(rng.normal(size=(size, size)))
    right, _ = np.linalg.qr(rng.normal(size=(size, size)))
    return (left * np.logspace(0, -decades, size)) @ right.T
