"""D*D of operators with a name, against the composition worked out by hand."""

from __future__ import annotations

import pytest
import sympy as sp

from pdedsl.calculus import adjoint, hermitian_square, leibniz, symbol
from pdedsl.ir import TooLargeError

from .operators import A, B, C, T, operator, same, x, y

LAPLACE = operator((x, y), [{(2, 0): 1, (0, 2): 1}])
HAND = {
    "laplace": (LAPLACE, operator((x, y), [{(4, 0): 1, (2, 2): 2, (0, 4): 1}])),
    "helmholtz": (
        operator((x, y), [{(2, 0): 1, (0, 2): 1, (0, 0): A**2}]),
        operator(
            (x, y),
            [{(4, 0): 1, (2, 2): 2, (0, 4): 1, (2, 0): 2 * A**2, (0, 2): 2 * A**2, (0, 0): A**4}],
        ),
    ),
    "advection": (
        operator((x, T), [{(0, 1): 1, (1, 0): A}]),
        operator((x, T), [{(0, 2): -1, (1, 1): -2 * A, (2, 0): -(A**2)}]),
    ),
    "heat": (
        operator((x, T), [{(0, 1): 1, (2, 0): -A}]),
        operator((x, T), [{(0, 2): -1, (4, 0): A**2}]),
    ),
    "wave": (
        operator((x, T), [{(0, 2): 1, (2, 0): -(A**2)}]),
        operator((x, T), [{(0, 4): 1, (2, 2): -2 * A**2, (4, 0): A**4}]),
    ),
    "biharmonic": (
        operator((x, y), [{(4, 0): 1, (2, 2): 2, (0, 4): 1}]),
        operator((x, y), [{(8, 0): 1, (6, 2): 4, (4, 4): 6, (2, 6): 4, (0, 8): 1}]),
    ),
    # u_tt − u_xx + q u with q = 3 sin²x: L is its own adjoint, and
    # L² = (∂tt − ∂xx)² + 2q(∂tt − ∂xx) − 2q'∂x − q'' + q².
    "klein_gordon_linearised": (
        operator((x, T), [{(0, 2): 1, (2, 0): -1, (0, 0): 3 * sp.sin(x) ** 2}]),
        operator(
            (x, T),
            [{
                (0, 4): 1, (2, 2): -2, (4, 0): 1,
                (0, 2): 6 * sp.sin(x) ** 2, (2, 0): -6 * sp.sin(x) ** 2,
                (1, 0): -6 * sp.sin(2 * x), (0, 0): -6 * sp.cos(2 * x) + 9 * sp.sin(x) ** 4,
            }],
        ),
    ),
    # Rows −Δ v + ∇p and div v: L* has rows −Δ w − ∇r and −div w.
    "stokes": (
        operator(
            (x, y),
            [{(2, 0): -1, (0, 2): -1}, {}, {(1, 0): 1}],
            [{}, {(2, 0): -1, (0, 2): -1}, {(0, 1): 1}],
            [{(1, 0): 1}, {(0, 1): 1}, {}],
        ),
        operator(
            (x, y),
            [
                {(4, 0): 1, (2, 2): 2, (0, 4): 1, (2, 0): -1},
                {(1, 1): -1},
                {(3, 0): -1, (1, 2): -1},
            ],
            [
                {(1, 1): -1},
                {(4, 0): 1, (2, 2): 2, (0, 4): 1, (0, 2): -1},
                {(2, 1): -1, (0, 3): -1},
            ],
            [{(3, 0): 1, (1, 2): 1}, {(2, 1): 1, (0, 3): 1}, {(2, 0): -1, (0, 2): -1}],
        ),
    ),
    # μ Δu + (λ + μ) ∇ div u, its own adjoint; with a = μ, b = λ + μ its square is
    # a² Δ² + (2ab + b²) ∇ div Δ.
    "elasticity": (
        operator(
            (x, y),
            [{(2, 0): A + B, (0, 2): A}, {(1, 1): B}],
            [{(1, 1): B}, {(2, 0): A, (0, 2): A + B}],
        ),
        operator(
            (x, y),
            [
                {(4, 0): (A + B) ** 2, (2, 2): 2 * A**2 + 2 * A * B + B**2, (0, 4): A**2},
                {(3, 1): 2 * A * B + B**2, (1, 3): 2 * A * B + B**2},
            ],
            [
                {(3, 1): 2 * A * B + B**2, (1, 3): 2 * A * B + B**2},
                {(4, 0): A**2, (2, 2): 2 * A**2 + 2 * A * B + B**2, (0, 4): (A + B) ** 2},
            ],
        ),
    ),
    # L u = −(p u')' + c u' with p = 1 + x², and L* w = −(p w')' − c w'. The derivatives of
    # L u are (L u)' = −p u''' + (c − 4x) u'' − 2u', (L u)'' = −p u'''' + (c − 6x) u''' − 6u''.
    "convection_diffusion": (
        operator((x,), [{(2,): -(1 + x**2), (1,): C - 2 * x}]),
        operator(
            (x,),
            [{
                (4,): (1 + x**2) ** 2,
                (3,): 8 * x * (1 + x**2),
                (2,): 14 * x**2 + 6 - C**2 + 2 * C * x,
                (1,): 4 * x + 2 * C,
            }],
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HAND)
def test_against_the_hand(name):
    found, expected = HAND[name]
    assert same(hermitian_square(found), expected)


@pytest.mark.parametrize("name", HAND)
def test_it_is_its_own_adjoint(name):
    square = hermitian_square(HAND[name][0])
    assert same(adjoint(square), square)


def test_terms_that_cancel_are_gone():
    assert hermitian_square(LAPLACE).rows == ((
        (((4, 0), sp.Integer(1)), ((2, 2), sp.Integer(2)), ((0, 4), sp.Integer(1))),
    ),)  # fmt: skip
    turning = operator((x,), [{(1,): sp.sin(x)}], [{(1,): sp.cos(x)}])
    assert [alpha for alpha, _ in hermitian_square(turning).terms()] == [(2,)]


def test_the_room_is_that_of_the_whole_matrix(monkeypatch):
    dense = operator((x,), *([{(1,): x, (0,): x}] * 3 for _ in range(3)))
    lone = operator((x,), [{(1,): x, (0,): x}])
    monkeypatch.setattr(leibniz, "LARGEST_MATRIX", 40)
    assert hermitian_square(lone).order == 2
    assert symbol(lone).squared.shape == (1, 1)
    for attempt in (hermitian_square, adjoint, lambda found: symbol(found).squared):
        with pytest.raises(TooLargeError):
            attempt(dense)
