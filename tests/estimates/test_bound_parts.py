"""What bounds are made of, beside oracles that know nothing of it."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
from scipy.integrate import quad

from pdedsl.estimates.bounds.box_spectrum import spectral_distance
from pdedsl.estimates.bounds.discs import Discs, NotAnalyticError
from pdedsl.estimates.bounds.enclosure import enclose, largest_on, range_of
from pdedsl.estimates.bounds.growth import growth_of
from pdedsl.estimates.bounds.mode_lifting import square_integral
from pdedsl.estimates.bounds.reading import standard_form
from pdedsl.estimates.bounds.theorems.parabolic import of_source
from pdedsl.models import Axis, MlpOptions, Reader, jet_table
from pdedsl.models.bases import BasisOptions, build_basis

from .bounded_problems import compiled

X, Y = sp.symbols("x y", real=True)
ANALYTIC = [
    X**2 - 3 * X + Y,
    sp.exp(X * Y) / (3 + sp.sin(X)),
    sp.sin(2 * X) * sp.cosh(Y) - sp.cos(X) ** 3 + sp.sinh(X),
    sp.tanh(X + Y / 3) + sp.sqrt(4 + X),
    sp.log(5 + X * Y) + (3 + Y) ** sp.Rational(-3, 2) + sp.atan(X / 4),
    sp.erf(X) * sp.tan(Y / 4),
    (X + 2) ** 40 / 3**40,
]


@pytest.mark.parametrize("expression", ANALYTIC)
def test_values_lie_in_their_discs(expression: sp.Expr) -> None:
    random = np.random.default_rng(1)
    function = sp.lambdify((X, Y), expression, "mpmath")
    for _ in range(100):
        centres = random.uniform(-1, 1, 2) + 0.3j * random.uniform(-1, 1, 2)
        radii = random.uniform(0, 0.3, 2) * random.choice([1, 1e-3, 0], 2)
        found = enclose(
            expression, {s: Discs(c, r) for s, c, r in zip((X, Y), centres, radii, strict=True)}
        )
        turns = np.exp(2j * np.pi * random.uniform(size=2)) * random.choice([1, 0.5], 2)
        value = function(*map(mpmath.mpc, centres + radii * turns))
        assert abs(value - complex(found.centre)) <= float(found.radius)


@pytest.mark.parametrize("expression", ANALYTIC)
def test_ranges_and_sizes_on_ellipses_are_those_of_all_points(expression: sp.Expr) -> None:
    box = {X: (-0.5, 1.0), Y: (0.25, 0.75)}
    function = sp.lambdify((X, Y), expression, "mpmath")
    low, high = range_of(expression, box)
    values = [function(x, y) for x in np.linspace(-0.5, 1, 41) for y in np.linspace(0.25, 0.75, 9)]
    assert low <= min(values) and max(values) <= high
    assert high - low < 1.5 * (max(values) - min(values))
    rho = 1.8
    angles = np.exp(2j * np.pi * np.linspace(0, 1, 40))
    ellipse = 0.25 + 0.75 * (rho * angles + 1 / (rho * angles)) / 2
    most = max(abs(function(mpmath.mpc(z), y)) for z in ellipse for y in (0.25, 0.5, 0.75))
    assert most <= largest_on(expression, box, X, rho) < 10 * most


def test_singularities_are_not_missed() -> None:
    box = {X: (-1.0, 1.0)}
    assert math.isfinite(largest_on(1 / (1 + 25 * X**2), box, X, 1.1))
    assert largest_on(1 / (1 + 25 * X**2), box, X, 1.3) == math.inf  # a pole at 0.2 i
    assert largest_on(sp.sqrt(X + 1.05), box, X, 1.6) == math.inf
    for expression in (1 / X, sp.log(X), sp.Abs(X), sp.sqrt(X), sp.sign(X - 2)):
        with pytest.raises(NotAnalyticError):
            range_of(expression, box)


LINE = Axis(-1.0, 1.0)
BASES = {
    "legendre": (LINE, Axis(0.0, 3.0)),
    "chebyshev": (LINE,),
    "sine": (LINE, LINE),
    "cosine": (LINE,),
    "mixed": (Axis(-1.0, 1.0, 2.0), Axis(0.0, 3.0)),
    "fourier": (LINE, LINE),
}


@pytest.mark.parametrize("family", BASES)
def test_majorants_hold_on_the_ellipse(family: str) -> None:
    """Values beside the real axis are those of Taylor series about points on it."""
    axes, rho, orders = BASES[family], 1.5, 30
    basis = build_basis(BasisOptions(family=family, modes=4, extension=1.2), axes)
    rest = len(axes) - 1
    indices = [(k, *[1] * rest) for k in range(3)]
    found = basis.majorants(indices, [rho, *[1.0] * rest])
    angles = torch.linspace(0, 2 * math.pi, 24, dtype=torch.float64)
    real, height = (rho + 1 / rho) / 2 * angles.cos(), (rho - 1 / rho) / 2 * angles.sin()
    points = torch.stack([real, *[torch.full_like(real, 0.7)] * rest], dim=1)
    higher = [(k + m, *[1] * rest) for k in range(3) for m in range(orders)]
    derivatives = basis.derivatives(points, higher).reshape(3, orders, 24, basis.size)
    powers = torch.stack([(1j * height) ** m / math.gamma(m + 1) for m in range(orders)])
    values = torch.einsum("mn,kmnj->knj", powers, derivatives.to(torch.complex128))
    assert bool((values.abs().amax(dim=1) <= found * (1 + 1e-9)).all())


@pytest.mark.parametrize("activation", ["sin", "tanh"])
@pytest.mark.parametrize("rwf", [None, True])
def test_the_size_of_a_network_with_one_layer(activation: str, rwf: bool | None) -> None:
    axes = (Axis(-1.0, 2.0), Axis(0.0, 0.5))
    model = MlpOptions(width=7, depth=1, activation=activation, omega=1.3, rwf=rwf).build(axes, 2)
    theta = model.initial(torch.Generator().manual_seed(3))
    theta = theta + 0.3 * torch.randn(len(theta), generator=torch.Generator().manual_seed(4))
    growth, (hidden, last), reader = growth_of(model, theta), model.layers, Reader(theta)
    inner, outer = (reader.matrix(own, own.width).numpy() for own in (hidden, last))
    first, shift = (
        own.gain * theta[own.bias : own.bias + own.out].numpy() for own in (hidden, last)
    )
    z = sp.Symbol("z")
    neuron = (sp.sin if activation == "sin" else sp.tanh)(z)

    def derivative(alpha: tuple[int, int], points: np.ndarray) -> np.ndarray:
        scaled = np.stack([(points[:, 0] - 0.5) / 1.5, (points[:, 1] - 0.25) / 0.25], axis=1)
        own = sp.lambdify(z, sp.diff(neuron, z, sum(alpha)))(scaled @ inner.T + first)
        slopes = np.prod((inner / [1.5, 0.25]) ** alpha, axis=1)
        return (own * slopes) @ outer.T + (0 if any(alpha) else shift)

    random = np.random.default_rng(5)
    real = random.uniform([-1, 0], [2, 0.5], (300, 2))
    jet = model.jet(reader, torch.from_numpy(real), jet_table(2, frozenset()))
    assert np.allclose(jet[0], derivative((0, 0), real))
    rhos = [1.25, 1.1]
    turns = np.exp(2j * np.pi * random.uniform(size=(300, 2))) * rhos
    beside = np.array([0.5, 0.25]) + np.array([1.5, 0.25]) * (turns + 1 / turns) / 2
    for alpha in [(0, 0), (1, 0), (0, 2), (1, 1), (3, 0), (2, 2)]:
        for points, own in ((real, [1.0, 1.0]), (beside, rhos)):
            most = np.abs(derivative(alpha, points)).max(axis=0)
            assert (most <= growth.majorants([alpha], own)[0]).all()


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("opposite", [False, True])
@pytest.mark.parametrize("square", [-30.0, -1e-5, 0.0, 1e-6, 0.3, 50.0, 1e5])
def test_profiles_of_misfits(slope: bool, opposite: bool, square: float) -> None:
    length = 1.3
    if slope and opposite and abs(square) < 1e-4:
        pytest.skip("not determined")
    k = np.sqrt(complex(square or 1e-16))
    up, at = (np.cosh, np.sinh) if opposite else (np.sinh, np.cosh)
    end = k * at(k * length) if slope else up(k * length)
    with np.errstate(all="ignore"):
        truth = quad(lambda x: abs(up(k * x) / end) ** 2, 0, length, points=[length * 0.99])[0]
    found = square_integral(square, length, slope, opposite)
    if abs(square) < 1e3:  # above, sinh is taken at a smaller argument
        assert found == pytest.approx(truth, rel=1e-3)
    assert not math.isfinite(truth) or found >= truth * (1 - 1e-6)


@pytest.mark.parametrize("reaction", [-1.0, -70.0, -333.3, 5.0])
def test_the_distance_of_the_spectrum(reaction: float) -> None:
    text = f"""
domain O: (x, y) in [0, 2] * [-1, 0]
unknown u(x, y)
eq: -u_xx - 3*u_yy + ({reaction})*u = 1
bc: u = 0  on x = 0, x = 2, y = -1
bc: u_y = 0  on y = 0
"""
    sums = [
        (n * math.pi / 2) ** 2 + 3 * ((m - 0.5) * math.pi) ** 2 + reaction
        for n in range(1, 40) for m in range(1, 40)
    ]  # fmt: skip
    form = standard_form(compiled(text, 2).problem, ())
    assert spectral_distance(form) == pytest.approx(min(map(abs, sums)), rel=1e-8)


@pytest.mark.parametrize("rate", [-3.0, 0.0, 0.4, 20.0])
def test_the_norm_of_an_integral_over_time(rate: float) -> None:
    count, duration = 400, 1.7
    times = (np.arange(count) + 0.5) * duration / count
    delays = times[:, None] - times
    kernel = np.where(delays > 0, np.exp(-rate * delays), 0.5 * (delays == 0))
    norm = np.linalg.norm(kernel, 2) * duration / count
    assert norm * (1 - 1e-2) <= of_source(rate, duration) < 2 * norm
