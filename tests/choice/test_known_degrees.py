"""The degrees of known terms against expansions that are known."""

from __future__ import annotations

import pytest
import scipy.special

import pdedsl
from pdedsl.choice.basis.known_degrees import NotSmoothError, known_degrees

HEAD = "domain Omega: (x, y) in [-1, 3] * [0, 1]\nunknown u(x, y)\n"


def _of(source: str, head: str = HEAD, bc: str = "u = 1  on boundary") -> tuple[int, ...]:
    return known_degrees(pdedsl.parse(f"{head}eq: lap(u) + u = {source}\nbc: {bc}\n"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [("0", (0, 0)), ("7", (0, 0)), ("x^3*y^5 + x^4", (4, 5)), ("(x - y)^6", (6, 6))],
)
def test_of_polynomials(source: str, expected: tuple[int, ...]) -> None:
    assert _of(source) == expected


def test_of_a_wave_it_is_that_of_its_bessel_functions() -> None:
    """cos(kξ + c) has the Chebyshev coefficients 2 J_n(k), times cosines of c + nπ/2."""
    sizes = abs(scipy.special.jv(range(80), 2 * 9.0))  # [-1, 3] is twice as long as [-1, 1]
    expected = max(n for n, size in enumerate(sizes) if size > 1e-14 * sizes.max())
    assert _of("cos(9*x + 1)")[0] in (expected - 1, expected, expected + 1)
    assert _of("cos(9*x + 1)")[1] == 0


def test_conditions_count_as_well() -> None:
    assert _of("x^2", bc="u = y^7  on boundary") == (2, 7)


def test_a_condition_counts_at_its_place_alone() -> None:
    """On y = 0 and y = 1 the term is x^3 y and so of no degree, or of degree 3."""
    assert _of("0", bc="u = x^3*y  on y = 0, y = 1") == (3, 0)
    assert _of("0", bc="u = sqrt(x + 1)*y + log(y + 1)  on y = 0") == (0, 0)
    with pytest.raises(NotSmoothError, match="not finite"):
        _of("0", bc="u = log(y)  on y = 0")


def test_of_a_circle_it_is_the_wave_number() -> None:
    head = "domain Omega: x in [0, 2*pi]\ntime t in [0, 1]\nunknown u(x, t)\n"
    found = known_degrees(
        pdedsl.parse(f"{head}eq: u_t + u_x = 0\nic: u = sin(3*x) + cos(5*x)  at t = 0\n"
                     "bc: u periodic in x\n")
    )  # fmt: skip
    assert found == (5, 0)


@pytest.mark.parametrize("source", ["sqrt(x + 1)", "abs(y - 1/3)", "1/(x + 1)", "tanh(200*y)"])
def test_terms_that_are_not_smooth_are_refused(source: str) -> None:
    with pytest.raises(NotSmoothError, match=r"known term of eq.* is not|changes fast near"):
        _of(source)


def test_a_term_that_is_zero_at_all_nodes_is_refused() -> None:
    with pytest.raises(NotSmoothError, match=r"eq changes fast near x = 0\.3, y = 0\.4"):
        _of("exp(-1e9*((x - 0.3)^2 + (y - 0.4)^2))")


def test_rounding_is_no_degree() -> None:
    """sin x has the rounding of x, some hundred units in its last place."""
    head = "domain Omega: (x, y) in [500, 501] * [0, 1]\nunknown u(x, y)\n"
    assert _of("sin(x)", head)[0] <= 14
    assert _of("sin(x)", HEAD.replace("[-1, 3]", "[0, 1]"))[0] <= 14


def test_functions_of_scipy() -> None:
    assert 10 < _of("erf(y)")[1] < 30


def test_degrees_have_the_order_of_the_arguments() -> None:
    text = """domain O: x in [0, 1]
time t in [0, 1]
unknown u(t, x)
eq: u_t = u_xx + t^5
ic: u = x^3  at t = 0
bc: u = x  on boundary
"""
    assert known_degrees(pdedsl.parse(text)) == (5, 3)


def test_unknowns_of_different_orders_are_refused() -> None:
    text = """domain O: x in [0, 1]
time t in [0, 1]
unknown u(t, x), v(x, t)
eq first: u_t = v
eq second: v_t = u
ic: u = x, v = 1  at t = 0
"""
    with pytest.raises(ValueError, match="different inputs"):
        known_degrees(pdedsl.parse(text))


def test_unknowns_of_other_inputs_are_refused() -> None:
    text = """domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
unknown v(t)
eq: u_t = u_xx
eq: v_t = v
ic: u = 1, v = 1  at t = 0
bc: u = 1  on boundary
"""
    with pytest.raises(ValueError, match="different inputs"):
        known_degrees(pdedsl.parse(text))


def test_many_inputs_are_refused() -> None:
    text = "domain O: x in [0, 1]^4\nunknown u(x)\neq: lap(u) = 1\nbc: u = 0  on boundary\n"
    with pytest.raises(ValueError, match="too many"):
        known_degrees(pdedsl.parse(text))
