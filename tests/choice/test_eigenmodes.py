"""Several eigenpairs of one problem: ``unknown E guess 4 modes 3``."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.diagnostics import Source
from pdedsl.syntax.format import format_source

WELL = """domain Omega: x in [0, 1]
unknown psi(x)
unknown E > 0 guess {guess} modes {modes}
eq: -d(psi, x, 2)/2 = E*psi
bc: psi = 0  on boundary
eq norm: integral(psi^2, Omega) = 1
"""
DRUM = """domain Omega: (x, y) in [0, pi]^2
unknown u(x, y)
unknown lam > 0 guess 1 modes 3
eq: -lap(u) = lam*u
bc: u = 0  on boundary
eq norm: integral(u^2, Omega) = 1
"""
OSCILLATOR = """domain Omega: x in [-7, 7]
unknown u(x)
unknown E guess 0 modes 4
eq: -u_xx/2 + x^2/2*u = E*u
bc: u = 0  on boundary
eq: u(x=0) + u_x(x=0) = 1
"""
RING = """domain Omega: x in [0, 2*pi]
unknown u(x)
unknown E guess 0.3 modes 4
eq: -u_xx + cos(x)*u = E*u
bc: u periodic in x
eq norm: integral(u^2, Omega) = 1
"""
STEEL = """param E0 = 2e11, I = 8e-9, mass = 3.14, L = 1.5
domain Omega: x in [0, L]
unknown w(x)
unknown s > 0 guess 1e4 modes 3
eq: E0*I*d(w, x, 4) = s*mass*w
bc: w = 0, w_xx = 0  on boundary
eq norm: integral(w^2, Omega) = 1
"""


def numbers(text: str) -> list[float]:
    solution = pdedsl.solve(pdedsl.parse(text), budget=60, seed=0)
    assert solution.usable, solution.failure
    return list(solution.numbers.values())


def test_the_three_lowest_states_of_a_well_come_with_their_functions() -> None:
    solution = pdedsl.solve(pdedsl.parse(WELL.format(guess=1, modes=3)), budget=60, seed=0)
    assert solution.usable, solution.failure
    assert list(solution.numbers) == ["E", "E_2", "E_3"]
    x = np.linspace(0, 1, 41)
    for k, (name, value) in enumerate(solution.numbers.items(), start=1):
        assert value == pytest.approx((k * math.pi) ** 2 / 2, rel=1e-10)
        field = name.replace("E", "psi")
        found = solution.at(x[:, None])[field]
        truth = math.sqrt(2) * np.sin(k * math.pi * x)
        assert min(np.abs(found - truth).max(), np.abs(found + truth).max()) < 1e-8


def test_modes_are_the_next_to_the_guess() -> None:
    own = [(k * math.pi) ** 2 / 2 for k in range(1, 7)]
    nearest = sorted(own, key=lambda value: abs(value - 50))[:3]
    assert numbers(WELL.format(guess=50, modes=3)) == pytest.approx(nearest, rel=1e-9)


def test_a_double_eigenvalue_has_two_functions() -> None:
    solution = pdedsl.solve(pdedsl.parse(DRUM), budget=60, seed=0)
    assert list(solution.numbers.values()) == pytest.approx([2, 5, 5], rel=1e-8)
    x, y = np.meshgrid(np.linspace(0, math.pi, 9), np.linspace(0, math.pi, 9))
    found = solution.at(np.column_stack([x.ravel(), y.ravel()]))
    pair = np.stack([found["u_2"], found["u_3"]])
    assert np.linalg.svd(pair, compute_uv=False)[1] > 0.1


def test_a_linear_norm_scales_each_function() -> None:
    assert numbers(OSCILLATOR) == pytest.approx([0.5, 1.5, 2.5, 3.5], rel=1e-9)


def test_periodic_modes_of_mathieus_equation() -> None:
    # Of -u'' + cos(x) u in plane waves.
    n = np.arange(-20, 21)
    matrix = np.diag(n**2.0) + np.diag(np.full(40, 0.5), 1) + np.diag(np.full(40, 0.5), -1)
    own = np.linalg.eigvalsh(matrix)
    nearest = sorted(own, key=lambda value: abs(value - 0.3))[:4]
    assert numbers(RING) == pytest.approx(nearest, rel=1e-9)


def test_squares_of_the_frequencies_of_a_steel_beam() -> None:
    first = 2e11 * 8e-9 / 3.14 * (math.pi / 1.5) ** 4
    expected = [first * k**4 for k in (1, 2, 3)]
    assert numbers(STEEL) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("options", [{"method": "m1"}, {"settings": {"model.kind": "mlp"}}])
def test_methods_that_would_find_any_pair_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(pdedsl.UserError, match="3 modes of E are not found"):
        pdedsl.solve(pdedsl.parse(WELL.format(guess=4, modes=3)), budget=5, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WELL.format(guess=4, modes=2.5), "modes are counted, from 1 to 20"),
        (WELL.format(guess=4, modes=0), "modes are counted, from 1 to 20"),
        ("param E_2 = 3\n" + WELL.format(guess="E_2", modes=2), "E_2 is the name of a mode of E"),
        (
            "time t in [0, 1]\nunknown y(t)\nunknown k guess 1 modes 2\n"
            "eq: y_t = -k*y\nic: y = 1 at t = 0\neq: y(t=1) = 0.5",
            "modes belong to an eigenvalue",
        ),
        (
            WELL.format(guess=4, modes=2).replace("E > 0", "c guess 1, E > 0"),
            "modes are asked for where one number is unknown",
        ),
    ],
)
def test_modes_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(pdedsl.UserError, match=message):
        pdedsl.parse(text)


def test_modes_is_a_name_elsewhere_and_is_formatted() -> None:
    problem = pdedsl.parse("param modes = 2\n" + WELL.format(guess="modes", modes=2))
    assert [str(n.symbol) for n in problem.numbers] == ["E", "E_2"]
    assert "unknown E > 0 guess 4 modes 3" in format_source(
        Source("well.pde", WELL.format(guess=4, modes=3).replace(" modes", "   modes"))
    )
