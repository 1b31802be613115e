"""Random and named operators, and integrals over cubes, for the tests of this folder."""

from __future__ import annotations

import numpy as np
import sympy as sp

from pdedsl.calculus import LinearOperator

X = sp.symbols("x y z", real=True)
T = sp.Symbol("t", real=True)
A, B, C = sp.symbols("a b c", real=True)
x, y, z = X


def operator(coordinates, *rows, unknowns=None):
    """From rows of mappings {multi-index: coefficient}, one for each unknown."""
    names = unknowns or [f"u[{j + 1}]" for j in range(len(rows[0]))]
    made = [[{k: sp.sympify(a) for k, a in entry.items()} for entry in row] for row in rows]
    return LinearOperator.of(coordinates, names, made)


def random_operator(rng, dimension, rows, columns, order, constant=False):
    """A few terms in each entry, coefficients smooth on the cube [−1, 1]^d."""
    axes = X[:dimension]

    def coefficient():
        number = sp.Rational(int(rng.integers(-9, 10)) or 1, int(rng.integers(1, 5)))
        if constant:
            return number * [sp.S.One, A, B][rng.integers(3)]
        s, r = axes[rng.integers(dimension)], axes[rng.integers(dimension)]
        pool = [sp.S.One, s * r, 1 + s**3, sp.sin(2 * s + r), sp.exp(s / 2), 1 / (3 + s), r + A * s]
        return number * pool[rng.integers(len(pool))]

    def entry():
        terms = {}
        for _ in range(int(rng.integers(1, 4))):
            alpha = rng.multinomial(rng.integers(order + 1), [1 / dimension] * dimension)
            terms[tuple(int(k) for k in alpha)] = coefficient()
        return terms

    return operator(axes, *[[entry() for _ in range(columns)] for _ in range(rows)])


def bumps(rng, axes, count):
    """Polynomials that vanish at the faces of [−1, 1]^d with their first four derivatives."""
    wall = sp.Mul(*((1 - s**2) ** 5 for s in axes))
    return [
        wall * (sp.Add(*(int(rng.integers(-4, 5)) * s for s in axes)) + axes[0] * axes[-1] + 1)
        for _ in range(count)
    ]


def inner(first, second, axes, nodes=22):
    """⟨f, g⟩ over [−1, 1]^d by Gauss' rule, and the size that it has without cancelling."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    grid = np.meshgrid(*[points] * len(axes), indexing="ij")
    weight = np.prod(np.meshgrid(*[weights] * len(axes), indexing="ij"), axis=0)
    total = size = 0.0
    for f, g in zip(first, second, strict=True):
        values = [np.broadcast_to(numeric(e, axes)(*grid), weight.shape) for e in (f, g)]
        total += float(np.sum(weight * values[0] * values[1]))
        size += float(np.sum(weight * np.abs(values[0] * values[1])))
    return total, size


VALUES = {A: 0.7, B: -1.3, C: 2.1}


def numeric(expression, axes):
    """An expression as a function of arrays, with values for the parameters."""
    return sp.lambdify(axes, sp.sympify(expression).subs(VALUES), "numpy", cse=True)


def same(first, second):
    """Whether two operators agree up to the names of their unknowns."""
    if first.shape != second.shape or first.coordinates != second.coordinates:
        return False
    pairs = zip(first.rows, second.rows, strict=True)
    return all(_same(dict(e), dict(f)) for r, s in pairs for e, f in zip(r, s, strict=True))


def _same(first, second):
    alphas = sorted(first.keys() | second.keys())
    return all(sp.simplify(first.get(k, 0) - second.get(k, 0)) == 0 for k in alphas)
