"""Initial values with steps and kinks inside, which diffuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import erfc

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.march.march import march
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.build import build
from pdedsl.estimates.correction import State
from pdedsl.estimates.error_of_smoothing import moves_others, smoothing_squares
from pdedsl.estimates.error_of_windows import correct_windows
from pdedsl.geometry.arrays import Array
from pdedsl.models.windows import WindowsOptions
from pdedsl.solution.sampled import SystemSampler
from pdedsl.transforms.inner_starts import InnerJump
from pdedsl.transforms.single_rows import split_rows
from pdedsl.transforms.smooth_starts import start_jumps, started_later

from .test_sudden_starts import marched, values


def spec(
    equation: str, start: str, sides: str = "u_x = 0  on boundary", ends: str = "[0, 1]",
    end: float = 0.1, begin: float = 0.0,
) -> str:  # fmt: skip
    """A problem in u."""
    return f"""domain Omega: x in {ends}
time t in [{begin}, {end}]
unknown u(x, t)
eq: {equation}
bc: {sides}
ic: u = {start}  at t = {begin}
"""


def step(y: Array, spread: float) -> Array:
    """What a step from 0 to 1 at 0 is at D t = ``spread``."""
    return erfc(-y / (2 * math.sqrt(spread))) / 2


def block(x: Array, low: float, high: float, spread: float) -> Array:
    return step(x - low, spread) - step(x - high, spread)


def mirrored(x: Array, low: float, high: float, spread: float) -> Array:
    """A block between insulated ends at 0 and 1."""
    images = ((s * x + 2 * k) for s in (-1, 1) for k in range(-4, 5))
    return sum(block(y, low, high, spread) for y in images)


def tent(x: Array, t: float) -> Array:
    """Of |x − 1/2| between insulated ends."""
    n = 2 * np.pi * np.arange(1, 4000, 2)
    return 0.25 + (4 / n**2 * np.cos(n * x[:, None]) * np.exp(-(n**2) * t)).sum(1) * 2


def saw(x: Array, t: float) -> Array:
    """Of x below 1/2 and 0 above, whose value and slope jump there."""
    n = np.pi * np.arange(1, 2000)
    sizes = 2 * (np.sin(n / 2) / n**2 - np.cos(n / 2) / (2 * n))
    return (sizes * np.sin(n * x[:, None]) * np.exp(-(n**2) * t)).sum(1)


Case = tuple[str, Callable[[Array, float], Array], tuple[float, float], tuple[float, float]]
CASES: dict[str, Case] = {
    "two materials": (
        spec("u_t = u_xx", "if(x < 0.4, 1, 0)"),
        lambda x, t: mirrored(x, 0, 0.4, t), (0, 1), (0.002, 0.1),
    ),
    "rods in SI units": (
        spec("u_t = 1e-5*u_xx", "if(x < 0.03, 400, 300)",
             "u = 400 on x = 0\nbc: u = 300 on x = 0.1", "[0, 0.1]", 20),
        lambda x, t: 400 - 100 * (step(x - 0.03, 1e-5 * t) - step(-x - 0.03, 1e-5 * t)),
        (0, 0.1), (0.4, 20),
    ),
    "smoke in the wind": (
        spec("u_t + u_x = 0.01*u_xx", "heaviside(x + 0.5)*heaviside(0.5 - x)", "u = 0 on boundary",
             "[-2, 3]", 1),
        lambda x, t: block(x - t, -0.5, 0.5, 0.01 * t), (-2, 3), (0.05, 1),
    ),
    "two blocks that decay": (
        spec("u_t = u_xx - 3*u", "if(x > 0.3 and x < 0.35, 2, 0) + (1 + sign(x - 0.7))/2",
             begin=1.0, end=1.1),
        lambda x, t: np.exp(3 - 3 * t) * (2 * mirrored(x, 0.3, 0.35, t - 1)
                                          + mirrored(x, 0.7, 1, t - 1)),
        (0, 1), (1.002, 1.1),
    ),
    "on a circle": (
        spec("u_t + u_x = 0.02*u_xx", "if(x < 0.4, 1, 0)", "u periodic in x", end=0.5),
        lambda x, t: sum(block(x - t - k, 0, 0.4, 0.02 * t) for k in range(-3, 4)),
        (0, 1), (0.01, 0.5),
    ),
    "a kink": (spec("u_t = u_xx", "abs(x - 0.5)"), tent, (0, 1), (0.002, 0.1)),
    "a tooth of a saw": (
        spec("u_t = u_xx", "if(x < 0.5, x, 0)", "u = 0 on boundary"), saw, (0, 1), (0.002, 0.1)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_steps_and_kinks_against_closed_forms(name: str) -> None:
    text, exact, ends, times = CASES[name]
    found, x = marched(text), np.linspace(*ends, 41)
    for t in times:
        error = values(found, "u", x, t) - exact(x, t)
        assert np.abs(error).max() < 1e-4 * np.abs(exact(x, t)).max()


def test_a_step_of_a_nonlinear_equation_and_of_two_fields() -> None:
    """Against the Cole–Hopf transformation; the field beside is the same but for its sign."""
    text = """domain Omega: x in [-2, 2]
time t in [0, 0.1]
unknown u(x, t), v(x, t)
eq: u_t = 0.1*u_xx - u*u_x
eq: v_t = 0.1*v_xx - u*v_x
bc: u = 1, v = -1  on x = -2
bc: u = 0, v = 0   on x = 2
ic: u = if(x < 0, 1, 0), v = -heaviside(-x)  at t = 0
"""
    found, x, nu = marched(text), np.linspace(-2, 2, 41), 0.1
    for t in (0.01, 0.1):
        root = 2 * math.sqrt(nu * t)
        left = np.exp((t - 2 * x) / (4 * nu)) * erfc((x - t) / root)
        exact = left / (left + erfc(-x / root))
        assert np.abs(values(found, "u", x, t) - exact).max() < 1e-4
        assert np.abs(values(found, "v", x, t) + exact).max() < 1e-4


def inner(text: str) -> list[InnerJump]:
    jumps = start_jumps(split_rows(pdedsl.parse(text)))
    return [jump for jump in jumps if isinstance(jump, InnerJump)]


@pytest.mark.parametrize(
    ("start", "places", "heights"),
    [
        ("if(x < 0.25, 2, 5)", [0.25], [3]),
        ("if(x < 0.25, 2, if(x < 0.5, 5, x))", [0.25, 0.5], [3, -4.5]),
        ("if((x - 0.5)^2 < 0.04, cos(x), 0)", [0.3, 0.7], [math.cos(0.3), -math.cos(0.7)]),
        ("max(0, 1 - 4*abs(x - 0.5))", [0.25, 0.5, 0.75], [0, 0, 0]),
        ("floor(3*x)", [1 / 3, 2 / 3], [1, 1]),
    ],
)
def test_places_at_which_values_jump(start: str, places: list[float], heights: list[float]) -> None:
    found = inner(spec("u_t = u_xx", start))
    assert [jump.end for jump in found] == pytest.approx(places)
    assert [jump.height for jump in found] == pytest.approx(heights, abs=1e-12)


@pytest.mark.parametrize(
    ("equation", "start"),
    [
        ("u_t = -u_x", "if(x < 0.4, 1, 0)"),  # the jump travels
        ("u_tt + u_t = u_xx", "if(x < 0.4, 1, 0)"),
        ("u_t = u_xx", "max(0, x - 0.4)^3"),  # elements follow it
        ("u_t = u_xx", "sqrt(max(0, x - 0.4))"),  # no piece goes on beyond its end
        ("u_t = u_xx", "cos(2*pi*x)"),
    ],
)
def test_what_is_not_smoothed(equation: str, start: str) -> None:
    more = ", u_t = 0" if "u_tt" in equation else ""
    assert inner(spec(equation, start + more)) == []


def test_the_estimate_counts_what_smoothing_does() -> None:
    """With a moment that is long, beside the error over all of space and time."""
    moment, text = 1e-5, CASES["two materials"][0]
    problem = pdedsl.parse(text)
    found = march(lower(started_later(problem, moment)), 1e-5, Allowance(None), moment=moment)
    model = WindowsOptions(edges=found.edges, pieces=found.pieces)
    state = State(build(lower(problem), model, {}, "collocation"), found.theta)
    estimate = correct_windows(state, moment=moment)
    assert estimate.reason == ""
    (own,) = smoothing_squares(start_jumps(problem), moment, 0.1).values()
    sampler = SystemSampler(state.system, state.theta)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    x = 0.4 + np.concatenate([s * np.geomspace(1e-5, 0.4, 400) for s in (-1, 1)])
    x.sort()
    total = 0.0
    edges = np.r_[0, np.geomspace(1e-9, 1e-2, 15)]
    for low, high in pairwise(edges):
        for node, weight in zip(nodes, weights, strict=True):
            t = (low + high + (high - low) * node) / 2
            error = values(sampler, "u", x, t) - mirrored(x, 0, 0.4, t)
            total += (high - low) / 2 * weight * float(np.trapezoid(error**2, x))
    assert math.sqrt(own / total) == pytest.approx(1, abs=0.1)
    assert math.sqrt(estimate.squares["u"].error / total) == pytest.approx(1, abs=0.1)


def test_fields_that_diffuse_by_one_that_jumps_are_told() -> None:
    text = """domain Omega: x in [0, 1]
time t in [0, 1]
unknown a(x, t), b(x, t)
eq: a_t = a_xx + CROSS
eq: b_t = b_xx
bc: a_x = 0, b_x = 0  on boundary
ic: a = 1, b = if(x < 0.5, 0, 1)  at t = 0
"""
    for more, found in (("2*b_xx", "b"), ("b_x", "")):
        problem = split_rows(pdedsl.parse(text.replace("CROSS", more)))
        assert moves_others(problem, start_jumps(problem)) == found
