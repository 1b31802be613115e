"""Types of operators: named equations, invariance, regions, and what is not decided."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.calculus.operator import LinearOperator
from pdedsl.calculus.types.classify import Part, classify

from .typed import T, X, Y, operator, typed

LAME = ({"xx": 2.5, "yy": 0.5}, {"xy": 2}, {"xy": 2}, {"xx": 0.5, "yy": 2.5})
SCALAR = {
    "Laplace": ("xy", {"xx": 1, "yy": 1}, "elliptic"),
    "Laplace with a coordinate called t": ("xt", {"xx": 1, "tt": 1}, "elliptic"),
    "Helmholtz": ("xyz", {"xx": 1, "yy": 1, "zz": 1, "": 9}, "elliptic"),
    "wave": ("xyt", {"tt": 1, "xx": -4, "yy": -4}, "hyperbolic"),
    "wave along characteristics": ("xt", {"xt": 1}, "hyperbolic"),
    "damped wave": ("xt", {"tt": 1, "t": 1, "xx": -1}, "hyperbolic"),
    "heat": ("xt", {"t": 1, "xx": -1}, "parabolic"),
    "heat, tiny diffusivity": ("xt", {"t": 1, "xx": -1e-13}, "parabolic"),
    "heat, tiny heat capacity": ("xt", {"t": 1e-13, "xx": -1}, "parabolic"),
    "convection-diffusion": ("xyt", {"t": 1, "x": 3, "y": 1, "xx": -1, "yy": -1}, "parabolic"),
    "steady convection-diffusion": ("xy", {"x": 300, "xx": -1, "yy": -1}, "elliptic"),
    "backward heat": ("xt", {"t": 1, "xx": 1}, "parabolic"),
    "Kolmogorov": ("xyt", {"t": 1, "y": X, "xx": -1}, "parabolic"),
    "advection": ("xt", {"t": 1, "x": 30}, "hyperbolic"),
    "biharmonic": ("xy", {"xxxx": 1, "xxyy": 2, "yyyy": 1}, "elliptic"),
    "anisotropic plate": ("xy", {"xxxx": 1, "xxxy": 1, "xxyy": 2, "yyyy": 1e-9}, "elliptic"),
    "wave squared": ("xt", {"tttt": 1, "xxtt": -2, "xxxx": 1}, "hyperbolic"),
    "two wave speeds without time": ("xy", {"yyyy": 1, "xxyy": -5, "xxxx": 4}, "hyperbolic"),
    "KdV, linearised": ("xt", {"t": 1, "x": X, "": 1, "xxx": 0.0005}, "dispersive"),
    "Airy without time": ("xy", {"y": 1, "xxx": 1}, "dispersive"),
    "KdV-Burgers": ("xt", {"t": 1, "xxx": 1, "xx": -1}, "dispersive"),
    "KdV with growth": ("xt", {"t": 1, "xxx": 1, "xx": 1}, "degenerate"),
    "Kuramoto-Sivashinsky": ("xt", {"t": 1, "xx": 1, "xxxx": 0.005}, "parabolic"),
    "Kuramoto-Sivashinsky reversed": ("xt", {"t": -1, "xx": 1, "xxxx": 1}, "parabolic"),
    "Cahn-Hilliard": (
        "xyt",
        {"t": 1, "xx": 1, "yy": 1, "xxxx": 0.01, "xxyy": 0.02, "yyyy": 0.01},
        "parabolic",
    ),
    "half of Cahn-Hilliard": ("xyt", {"t": 1, "xxxx": 1, "xxyy": 1}, "degenerate"),
    "beam": ("xt", {"tt": 1, "xxxx": 1}, "dispersive"),
    "beam with a load": ("xt", {"tt": 1, "xx": 7, "xxxx": 1}, "dispersive"),
    "beam of the wrong sign": ("xt", {"tt": 1, "xxxx": -1}, "degenerate"),
    "weak hyperbolicity, lower order": (
        "xt",
        {"tttt": 1, "xxtt": -2, "xxxx": 1, "xxx": 1},
        "degenerate",
    ),
    "Benjamin-Bona-Mahony": ("xt", {"t": 1, "x": 1, "xxt": -1}, "degenerate"),
    "ultrahyperbolic": ("xyzt", {"xx": 1, "yy": 1, "zz": -1, "tt": -1}, "ultrahyperbolic"),
    "one direction": ("xy", {"xx": 1, "xy": 2, "yy": 1}, "degenerate"),
    "wave with a third coordinate": ("xyz", {"xx": 1, "yy": -1, "z": 1}, "degenerate"),
    "u_xxyy": ("xy", {"xxyy": 1}, "degenerate"),
    "one axis": ("xy", {"xx": 1}, "ordinary"),
    "reaction": ("xt", {"t": 1, "": sp.sin(X)}, "ordinary"),
    "oscillator": ("t", {"tt": 1, "": 4}, "ordinary"),
    "zero": ("xt", {}, "degenerate"),
    "algebraic": ("xt", {"": 1 + X**2}, "degenerate"),
}


@pytest.mark.parametrize("name", SCALAR)
def test_scalar_equations(name: str) -> None:
    coordinates, entry, kind = SCALAR[name]
    found = typed(coordinates, entry)
    assert found.kind == kind, found.reason
    assert found.parts == (Part(kind, "everywhere", 1.0),)


FLOW = {"xx": -0.1, "yy": -0.1, "x": sp.sin(Y), "y": -X}
SYSTEMS = {
    "Stokes": (
        "xy",
        [
            ({"xx": 1, "yy": 1}, {}, {"x": -1}),
            ({}, {"xx": 1, "yy": 1}, {"y": -1}),
            ({"x": 1}, {"y": 1}, {}),
        ],
        "elliptic",
    ),
    "Navier-Stokes, linearised": (
        "xyt",
        [
            (FLOW | {"t": 1}, {"": sp.cos(Y)}, {"x": 1}),
            ({"": -1}, FLOW | {"t": 1}, {"y": 1}),
            ({"x": 1}, {"y": 1}, {}),
        ],
        "parabolic",
    ),
    "elasticity": ("xy", [LAME[:2], LAME[2:]], "elliptic"),
    "elastic waves": (
        "xyt",
        [(LAME[0] | {"tt": -1}, LAME[1]), (LAME[2], LAME[3] | {"tt": -1})],
        "hyperbolic",
    ),
    "Cauchy-Riemann": ("xy", [({"x": 1}, {"y": -1}), ({"y": 1}, {"x": 1})], "elliptic"),
    "div u, curl u of opposite sign": (
        "xy",
        [({"x": 1}, {"y": 1}), ({"y": 1}, {"x": 1})],
        "hyperbolic",
    ),
    "mixed Poisson": (
        "xy",
        [({"": 1}, {}, {"x": -1}), ({}, {"": 1}, {"y": -1}), ({"x": 1}, {"y": 1}, {})],
        "elliptic",
    ),
    "mixed heat": ("xt", [({"": 1}, {"x": 1}), ({"x": 1}, {"t": 1})], "parabolic"),
    "heat of Cattaneo": ("xt", [({"": 1, "t": 1}, {"x": 1}), ({"x": 1}, {"t": 1})], "hyperbolic"),
    "waves of first order": ("xt", [({"t": 1}, {"x": -1}), ({"x": -1}, {"t": 1})], "hyperbolic"),
    "acoustics": (
        "xyt",
        [({"t": 1}, {}, {"x": 1}), ({}, {"t": 1}, {"y": 1}), ({"x": 1}, {"y": 1}, {"t": 1})],
        "hyperbolic",
    ),
    "Maxwell in vacuum": (
        "xyzt",
        [
            ({"t": 1}, {}, {}, {}, {"z": 1}, {"y": -1}),
            ({}, {"t": 1}, {}, {"z": -1}, {}, {"x": 1}),
            ({}, {}, {"t": 1}, {"y": 1}, {"x": -1}, {}),
            ({}, {"z": -1}, {"y": 1}, {"t": 1}, {}, {}),
            ({"z": 1}, {}, {"x": -1}, {}, {"t": 1}, {}),
            ({"y": -1}, {"x": 1}, {}, {}, {}, {"t": 1}),
        ],
        "hyperbolic",
    ),
    "Schroedinger": ("xt", [({"t": 1}, {"xx": 1}), ({"xx": -1}, {"t": 1})], "dispersive"),
    "reaction and diffusion": (
        "xt",
        [({"t": 1, "xx": -0.2}, {"": X}), ({"": -1}, {"t": 1, "xx": -1e-4})],
        "parabolic",
    ),
    "FitzHugh-Nagumo": ("xt", [({"t": 1, "xx": -1}, {"": 1}), ({"": -1}, {"t": 1})], "degenerate"),
    "viscous and free transport": (
        "xt",
        [({"t": 1, "xx": -1}, {"": 1}), ({"": 1}, {"t": 1, "x": 1})],
        "degenerate",
    ),
    "two springs": ("xt", [({"t": 1}, {"": -1}), ({"": 1}, {"t": 1})], "ordinary"),
    "twice the same": ("xy", [({"x": 1}, {"y": 1}), ({"x": 2}, {"y": 2})], "degenerate"),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems(name: str) -> None:
    coordinates, rows, kind = SYSTEMS[name]
    found = typed(coordinates, *rows)
    assert found.kind == kind, found.reason
    assert found.parts == (Part(kind, "everywhere", 1.0),)


def test_what_the_reason_says() -> None:
    flow = typed("xyt", *SYSTEMS["Navier-Stokes, linearised"][1])
    assert "1 of the 3 equations without a derivative in t: constraint" in flow.reason
    assert "y is a parameter" in typed("xy", {"xx": 1}).reason
    assert "backward in time" in typed("xt", SCALAR["backward heat"][1]).reason
    assert "backward" not in typed("xt", SCALAR["heat"][1]).reason
    assert "backward in time" in typed("xt", {"t": -1, "xx": 1, "xxxx": 1}).reason
    assert "ill-posed" in typed("xt", SCALAR["KdV with growth"][1]).reason
    assert "null direction t" in typed("xt", SCALAR["heat"][1]).reason
    assert "not timelike" in typed("xyt", {"tt": 1, "xx": 1, "yy": -1}).reason
    assert "not timelike" not in typed("xyt", SCALAR["wave"][1]).reason


def test_time_by_its_symbol_and_by_its_name() -> None:
    heat = operator("xy", {"y": 1, "xx": 1})
    assert "backward" not in classify(heat, None, {}).reason
    assert "backward" in classify(heat, Y, {}).reason
    assert "backward" in classify(operator("xt", {"t": 1, "xx": 1}), None, {}).reason


IN_TIME = [
    "heat",
    "backward heat",
    "damped wave",
    "wave squared",
    "KdV, linearised",
    "KdV-Burgers",
    "KdV with growth",
    "Kuramoto-Sivashinsky",
    "Kuramoto-Sivashinsky reversed",
    "beam with a load",
    "beam of the wrong sign",
    "Benjamin-Bona-Mahony",
]


@pytest.mark.parametrize("name", IN_TIME)
def test_rates_of_short_waves(name: str) -> None:
    """The roots λ of p(λ, ik) = 0 at two large k, computed directly."""
    entry = SCALAR[name][1]
    order = max(word.count("t") for word in entry)
    rates = []
    for k in (2e3, 1.6e4):
        polynomial = np.zeros(order + 1, dtype=complex)
        for word, a in entry.items():
            value = float(sp.sympify(a).subs(X, 0.4))
            polynomial[order - word.count("t")] += value * (1j * k) ** word.count("x")
        rates.append(np.roots(polynomial))
    near, far = rates
    found = typed("xt", entry)
    # Double roots are computed to the square root of the rounding only.
    growing = far.real.max() > max(2 * near.real.max(), 1e-6 * abs(far).max())
    assert growing == ("determine no stable solution" in found.reason)
    if found.kind == "parabolic" and not growing:
        assert far.real.max() < 4 * near.real.max() < 0
    if found.kind in ("hyperbolic", "dispersive"):
        order_in_k = np.log(abs(far).max() / abs(near).max()) / np.log(8)
        assert order_in_k == pytest.approx(round(order_in_k), abs=1e-3)
        assert (order_in_k > 1.5) == (found.kind == "dispersive")


def _second_order(form: np.ndarray, slope: np.ndarray) -> LinearOperator:
    """Σ A_ij ∂_i ∂_j + Σ b_i ∂_i with constant coefficients."""
    d = len(slope)
    coordinates = sp.symbols(f"x1:{d + 1}", real=True)
    terms: dict[tuple[int, ...], sp.Expr] = {}
    for i in range(d):
        terms[tuple(int(k == i) for k in range(d))] = sp.Float(slope[i])
        for j in range(i, d):
            alpha = tuple(int(k == i) + int(k == j) for k in range(d))
            terms[alpha] = sp.Float(form[i, j] * (1 if i == j else 2))
    return LinearOperator.of(coordinates, ["u"], [[terms]])


def _expected(signs: list[int], slope: list[int]) -> str:
    plus, minus = signs.count(1), signs.count(-1)
    if 0 not in signs:
        few = min(plus, minus)
        return "elliptic" if few == 0 else "hyperbolic" if few == 1 else "ultrahyperbolic"
    present = any(b for s, b in zip(signs, slope, strict=True) if s == 0)
    return "parabolic" if present and not (plus and minus) else "degenerate"


@settings(max_examples=150, deadline=None)
@given(data=st.data(), d=st.integers(2, 5))
def test_second_order_is_invariant(data: st.DataObject, d: int) -> None:
    """Under x → Mx and multiplication by a constant; the signature tells the type."""
    signs = data.draw(st.lists(st.sampled_from([1, -1, 0]), min_size=d, max_size=d))
    slope = data.draw(st.lists(st.integers(-2, 2), min_size=d, max_size=d))
    if not any(signs):
        signs[0] = 1
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    turn = [np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(2)]
    change = turn[0] @ np.diag(rng.uniform(0.3, 3.0, d)) @ turn[1]
    factor = data.draw(st.sampled_from([1.0, -1.0, 1e-6, -3e5]))
    form = factor * change @ np.diag(signs).astype(float) @ change.T
    found = classify(_second_order(form, factor * change @ np.array(slope, float)), None, {})
    assert found.kind == _expected(signs, slope), (signs, slope, found.reason)


words = st.sampled_from(["", "x", "y", "t", "xx", "xy", "xt", "tt", "yy", "xxx", "xxt", "xxxx"])
values = st.sampled_from([1, -1, 2, sp.Rational(1, 2), X, 1 + X * Y, sp.sin(T) - Y])
dictionaries = st.dictionaries(words, values, max_size=3)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), n=st.integers(1, 3))
def test_any_system_has_a_type(data: st.DataObject, n: int) -> None:
    """It is that of the equations times constants, in any order, for any order of unknowns."""
    rows = [tuple(data.draw(dictionaries) for _ in range(n)) for _ in range(n)]
    turn, swap = (data.draw(st.permutations(range(n))) for _ in range(2))
    factors = data.draw(st.lists(st.sampled_from([1, -3, 64]), min_size=n, max_size=n))
    other = [
        tuple({word: factors[i] * a for word, a in rows[i][j].items()} for j in swap) for i in turn
    ]
    found = typed("xyt", *rows)
    assert found.kind == typed("xyt", *other).kind
    assert found == typed("xyt", *rows)
    assert found.reason
    assert (not found.parts) == (found.kind == "undetermined")
    kinds = {part.kind for part in found.parts}
    # What is degenerate on a line alone is a part, and no second type.
    assert len(kinds) > 1 if found.kind == "mixed" else kinds <= {found.kind, "degenerate"}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), d=st.integers(2, 4), definite=st.booleans())
def test_squares_of_quadratic_forms(seed: int, d: int, definite: bool) -> None:
    """(∂ᵀQ∂)² is elliptic if and only if Q is definite, although it is never negative."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    values = rng.uniform(0.5, 2.0, d) * (1 if definite else np.r_[-1, np.ones(d - 1)])
    Q = turn @ np.diag(values) @ turn.T
    k = sp.symbols(f"x1:{d + 1}", real=True)
    q = sp.Poly(sum(sp.Float(Q[i, j]) * k[i] * k[j] for i in range(d) for j in range(d)), *k)
    found = classify(LinearOperator.of(k, ["u"], [[dict((q * q).terms())]]), None, {})
    assert (found.kind == "elliptic") is definite, found.reason


@pytest.mark.parametrize(("c", "elliptic"), [(2.9, True), (3.0, False), (3.1, False)])
def test_a_sextic_that_touches_zero(c: float, elliptic: bool) -> None:
    """x⁶ + y⁶ + z⁶ ≥ 3x²y²z² with equality at (1, ±1, ±1) alone."""
    found = typed("xyz", {"xxxxxx": 1, "yyyyyy": 1, "zzzzzz": 1, "xxyyzz": -c})
    assert (found.kind == "elliptic") is elliptic
