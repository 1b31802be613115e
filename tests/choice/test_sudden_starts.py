"""Boundary values that contradict the initial ones: ends put to a value in a moment."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq
from scipy.special import erfc

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.march.march import march
from pdedsl.choice.march.tolerances import FinestMarch, march_finely
from pdedsl.compiler.lowering.lower import lower
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.solution.sampled import SystemSampler
from pdedsl.transforms.single_rows import split_rows
from pdedsl.transforms.smooth_starts import smoothed, start_jumps

ROD = """problem "both ends of a rod cooled, from t = 5 on"
domain  Omega: x in [-1, 2]
time    t in [5, 5.6]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0  on boundary
ic: u = 5  at t = 5
"""
LAYER = """problem "a substance that is used up in a thin layer (SI)"
param   D = 1e-9, k = 0.01, c0 = 40
domain  Omega: x in [0, 1e-3]
time    t in [0, 60]
unknown c(x, t)
eq: c_t = D*c_xx - k*c
bc: c = c0   on x = 0
bc: c_x = 0  on x = 1e-3
ic: c = 0    at t = 0
"""
NONLINEAR = """problem "diffusion that grows with what diffuses"
domain  Omega: x in [0, 1]
time    t in [0, 0.1]
unknown u(x, t)
eq: u_t = d((1 + u)*u_x, x)
bc: u = 1  on x = 0
bc: u = 0  on x = 1
ic: u = 0  at t = 0
"""
TWO = """problem "one species enters, the other is there"
domain  Omega: x in [0, 2]
time    t in [0, 0.5]
unknown a(x, t), b(x, t)
eq: a_t = a_xx - a*b
eq: b_t = 0.5*b_xx
bc: a_x = 0, b = 3 + t  on x = 0
bc: a = -2, b = 1       on x = 2
ic: a = 1, b = 1        at t = 0
"""


FLUX = """problem "heat flows in from t = 0 on"
domain  Omega: x in [0, 1]
time    t in [0, 0.02]
unknown u(x, t)
eq: u_t = u_xx
bc: u_x = -1  on x = 0
bc: u_x = 0   on x = 1
ic: u = 0     at t = 0
"""
QUENCHED = """problem "plate of steel quenched in oil (SI)"
param   k = 45, rho = 7800, c = 500, h = 600, Tw = 320, T0 = 1100, a = 0.02
domain  Omega: x in [0, a]
time    t in [0, 60]
unknown T(x, t)
eq: rho*c*T_t = k*T_xx
bc: T_x = 0              on x = 0
bc: -k*T_x = h*(T - Tw)  on x = a
ic: T = T0               at t = 0
"""
POISSON_NERNST_PLANCK = """problem "two ions between charged plates, from rest"
domain  Omega: x in [0, 4]
time    t in [0, 20]
unknown p(x, t), m(x, t), phi(x, t)
eq: p_t = d(p_x + p*phi_x, x)
eq: m_t = d(m_x - m*phi_x, x)
eq: phi_xx = m - p
bc: p_x + p*phi_x = 0, m_x - m*phi_x = 0  on boundary
bc: phi = -0.5  on x = 0
bc: phi = 0.5   on x = 4
ic: p = 1, m = 1  at t = 0
"""


def rod(x: Array, t: float) -> Array:
    n = np.arange(1, 200, 2)
    modes = np.sin(n * np.pi * (x[:, None] + 1) / 3) * np.exp(-((n * np.pi / 3) ** 2) * (t - 5))
    return (20 / (n * np.pi) * modes).sum(1)


def layer(x: Array, t: float) -> Array:
    """Two terms of images; the others are below 1e-8 at these times."""
    diffusion, k = 1e-9, 0.01

    def half(y: Array) -> Array:
        root, way = 2 * np.sqrt(diffusion * t), y * np.sqrt(k / diffusion)
        return (np.exp(-way) * erfc(y / root - np.sqrt(k * t))
                + np.exp(way) * erfc(y / root + np.sqrt(k * t))) / 2  # fmt: skip

    return 40 * (half(x) + half(2e-3 - x))


def flux(x: Array, t: float) -> Array:
    """The half line; its mirror image is below 1e-6 at these times."""
    s = x / (2 * np.sqrt(t))
    return 2 * np.sqrt(t) * (np.exp(-(s**2)) / np.sqrt(np.pi) - s * erfc(s))


def quenched(x: Array, t: float) -> Array:
    alpha, biot, a = 45 / 7800 / 500, 600 * 0.02 / 45, 0.02
    roots = [brentq(lambda b: b * np.tan(b) - biot, n * np.pi + 1e-9, (n + 0.5) * np.pi - 1e-9)
             for n in range(60)]  # fmt: skip
    b = np.array(roots)
    factor = 4 * np.sin(b) / (2 * b + np.sin(2 * b)) * np.exp(-(b**2) * alpha * t / a**2)
    return 320 + 780 * (np.cos(b * x[:, None] / a) * factor).sum(1)


def lines(rates, n: int, length: float, end: float) -> tuple[Array, Array]:
    """Chebyshev nodes and values at the end by the method of lines, with the ends' values inside.

    ``rates`` gets the matrix of d/dx and makes the right side and the start.
    """
    s = np.cos(np.pi * np.arange(n + 1) / n)
    c = np.r_[2, np.ones(n - 1), 2] * (-1) ** np.arange(n + 1)
    matrix = np.outer(c, 1 / c) / (s[:, None] - s + np.eye(n + 1))
    matrix -= np.diag(matrix.sum(1))
    x = length * (1 - s) / 2
    right, start = rates(-2 / length * matrix, n)
    found = solve_ivp(right, (0, end), start, method="Radau", rtol=1e-7, atol=1e-9)
    return x, found.y[:, -1]


def nonlinear() -> tuple[Array, Array]:
    def rates(d: Array, n: int):
        def right(t: float, u: Array) -> Array:
            out = d @ ((1 + u) * (d @ u))
            out[[0, n]] = 0
            return out

        return right, np.r_[1.0, np.zeros(n)]

    return lines(rates, 64, 1, 0.1)


def marched(text: str, share: float = 1e-7, tolerance: float = 1e-4) -> SystemSampler:
    """A march that starts after a share of the time."""
    problem = pdedsl.parse(text)
    begin, end = list(hull_bounds(problem).values())[-1]
    single, moment = split_rows(problem), share * (end - begin)
    own = lower(smoothed(single, start_jumps(single), moment))
    jumps = start_jumps(single)
    found = march(own, tolerance, Allowance(None), moment=moment if jumps else 0.0)
    assert found.end == ""
    model = {"kind": "windows", "edges": found.edges, "pieces": found.pieces}
    return SystemSampler(pdedsl.compile(problem, model=model), found.theta)


def values(found: SystemSampler, name: str, x: Array, t: float) -> Array:
    return found.fields(np.stack([x, np.full(len(x), t)], axis=1))[name]


SERIES = {
    "rod": (ROD, "u", rod, (-1, 2), (5.02, 5.6)),
    "layer": (LAYER, "c", layer, (0, 1e-3), (2.0, 60.0)),
}


@pytest.mark.parametrize("name", SERIES)
def test_sudden_values_against_series(name: str) -> None:
    text, field, exact, ends, times = SERIES[name]
    found, x = marched(text), np.linspace(*ends, 31)
    for t in times:
        error = values(found, field, x, t) - exact(x, t)
        assert np.abs(error).max() < 2e-5 * np.abs(exact(x, t)).max()


STEEP = {
    "flux": (FLUX, "u", flux, (0, 1), (0.002, 0.02)),
    "quenched": (QUENCHED, "T", quenched, (0, 0.02), (3.0, 60.0)),
}


@pytest.mark.parametrize("name", STEEP)
def test_sudden_fluxes_against_series(name: str) -> None:
    """They bend the start, and elements alone do not resolve that."""
    text, field, exact, ends, times = STEEP[name]
    found, x = marched(text), np.linspace(*ends, 31)
    for t in times:
        error = values(found, field, x, t) - exact(x, t)
        assert np.abs(error).max() < 1e-4 * np.abs(exact(x, t)).max()


def test_ions_from_rest_come_to_the_balance_of_boltzmann() -> None:
    """At the end p exp(φ) is one number, and the charges are those of the start."""
    found, x = marched(POISSON_NERNST_PLANCK, tolerance=1e-2), np.linspace(0, 4, 81)
    p, phi = (values(found, name, x, 20.0) for name in ("p", "phi"))
    assert np.ptp(p * np.exp(phi)) < 2e-3
    assert float(np.trapezoid(p, x)) == pytest.approx(4.0, rel=1e-3)


def test_sudden_values_of_a_nonlinear_equation() -> None:
    x, u = nonlinear()
    assert np.abs(values(marched(NONLINEAR), "u", x, 0.1) - u).max() < 2e-5


def test_marches_at_two_tolerances_tell_what_smoothing_does() -> None:
    found = march_finely(lower(pdedsl.parse(ROD)), 4.0, Allowance(None))
    assert isinstance(found, FinestMarch)
    assert "the start, which jumps, is smoothed at x = -1 (u) over" in found.text
    assert found.difference is None or found.difference < 1e-2


@pytest.mark.parametrize("speed", ["u_t = -u_x", "u_t = -u_x + u_xxx"])
def test_jumps_that_travel_are_not_smoothed(speed: str) -> None:
    text = f"""domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: {speed}
bc: u = 1  on x = 0
ic: u = 0  at t = 0
"""
    assert start_jumps(split_rows(pdedsl.parse(text))) == ()


def test_rounding_is_no_jump() -> None:
    """sin(π) and the tail of a pulse are zero."""
    for value in ("sin(pi*x)", "exp(-80*(x - 0.5)^2)"):
        text = ROD.replace("[-1, 2]", "[0, 1]").replace("u = 5 ", f"u = {value} ")
        assert start_jumps(split_rows(pdedsl.parse(text))) == ()


def test_jumps_are_those_of_the_components_that_jump() -> None:
    found = start_jumps(split_rows(pdedsl.parse(TWO)))
    told = {(str(j.component.func), j.end, j.inward, j.height, j.diffusivity) for j in found}
    assert told == {("b", 0.0, 1, 2.0, 0.5), ("a", 2.0, -1, -3.0, 1.0)}
    (bend,) = start_jumps(split_rows(pdedsl.parse(QUENCHED)))
    assert bend.slope and bend.height == pytest.approx(600 * 780 / 45)


RISE = """domain Omega: x in [0, {length}]
time t in [2, {end}]
unknown u(x, t)
eq: u_t = {alpha}*u_xx
bc: u = {value}  on x = {at}
bc: u = {rest}   on x = {other}
ic: u = {rest}   at t = 2
"""


def answer_to_a_step(x: float, time: float) -> float:
    """Of a bar of length 1 and diffusivity 1 whose end at 0 is put to 1."""
    n = np.arange(1, 4000) * np.pi
    return float(1 - x - (2 / n * np.sin(n * x) * np.exp(-(n**2) * time)).sum())


@pytest.mark.parametrize(
    ("length", "alpha", "rest", "height", "decay", "side"),
    [
        (1.0, 1.0, 0.0, 1.0, 0.0, 0),
        (0.04, 1.2e-5, 293.0, 60.0, 0.0, 1),
        (2.0, 0.5, -1.0, 2.0, 3.0, 0),
    ],
)
def test_a_value_that_begins_to_rise_from_rest(
    length: float, alpha: float, rest: float, height: float, decay: float, side: int
) -> None:
    """A ramp, and the charge of a filter, against Duhamel's integral of the answer to a step."""
    slow = length**2 / alpha
    rise = f"{height}*(t - 2)/{slow}"
    if decay:
        rise = f"{height}*(1 - exp(-{decay}*(t - 2)/{slow}))"
    text = RISE.format(
        length=length, end=2 + 0.5 * slow, alpha=alpha, rest=rest, value=f"{rest} + {rise}",
        at=length * side, other=length * (1 - side),
    )  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(text), budget=40)
    assert solution.usable, solution.failure

    def exact(x: float, time: float) -> float:
        def integrand(s: float) -> float:
            rate = decay * np.exp(-decay * s) if decay else 1.0
            return rate * answer_to_a_step(x, time - s)

        return rest + height * quad(integrand, 0, time, epsabs=1e-10, limit=200)[0]

    for x, time in ((0.05, 0.01), (0.1, 0.2), (0.5, 0.45)):
        place = length * (1 - x) if side else length * x
        found = float(solution(x=place, t=2 + time * slow)) - rest
        assert found == pytest.approx(exact(x, time) - rest, abs=1e-6 * height)
