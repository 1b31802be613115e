"""Bases against closed forms in high precision, automatic differentiation and quadrature."""

from __future__ import annotations

import math
from itertools import product
from typing import get_args

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pdedsl.models import Axis, model_options
from pdedsl.models.bases import BasisOptions, basis_size, build_basis
from pdedsl.models.bases.basis import Family
from pdedsl.models.bases.random_features import random_directions

F = torch.float64
FAMILIES = get_args(Family)
LINE = (Axis(-0.5, 2.0),)
PLANE = (Axis(-0.5, 2.0), Axis(1.0, 1.8))
SPACE = (*PLANE, Axis(-3.0, 3.0))
TORUS = (Axis(-0.5, 2.0, 2.5), Axis(1.0, 1.8, 0.8))
TUBE = (TORUS[0], PLANE[1])
PERIODIC = ("fourier", "mixed", "random_fourier")
ORTHONORMAL = ("fourier", "sine", "cosine", "legendre", "mixed")


def cases(families):
    """Each family with the boxes that it can be built on."""
    return [(f, box) for f in families for box in (LINE, PLANE, TUBE)
            if box is not TUBE or f in PERIODIC]  # fmt: skip


def made(family: str, axes=LINE, **options: object):
    return build_basis(BasisOptions(family=family, **options), axes)


def inside(axes, n: int = 5) -> Tensor:
    unit = torch.rand(n, len(axes), dtype=F, generator=torch.Generator().manual_seed(3))
    lower = torch.tensor([a.lower for a in axes], dtype=F)
    upper = torch.tensor([a.upper for a in axes], dtype=F)
    return lower + (upper - lower) * unit


def gauss(axes, count: int) -> tuple[Tensor, Tensor]:
    """Nodes and weights of the tensor Gauss–Legendre rule of a box."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    lines = [(a.lower + (a.upper - a.lower) * (nodes + 1) / 2) for a in axes]
    scaled = [(a.upper - a.lower) / 2 * weights for a in axes]
    grid = torch.tensor(np.array(list(product(*lines))), dtype=F)
    return grid, torch.tensor([math.prod(w) for w in product(*scaled)], dtype=F)


def close(got: Tensor, want: Tensor, rtol: float) -> bool:
    return bool((got - want).abs().max() <= rtol * want.abs().max().clamp(min=1e-3))


@pytest.mark.parametrize(("family", "axes"), cases(FAMILIES))
def test_derivatives_agree_with_automatic_differentiation(family: str, axes) -> None:
    basis = made(family, axes, modes=6 if len(axes) == 1 else 3, features=7)
    d, points = len(axes), inside(axes)
    indices = [a for a in product(range(5), repeat=d) if sum(a) <= 4]
    got = basis.derivatives(points, indices)
    assert got.shape == (len(indices), 5, basis.size)
    for j in range(basis.size):
        for index, values in zip(indices, got[..., j], strict=True):
            assert close(values, automatic(basis, points, index, j), 1e-9), (j, index)


def automatic(basis, points: Tensor, index: tuple[int, ...], j: int) -> Tensor:
    """A derivative by repeated reverse differentiation of the values."""
    points = points.clone().requires_grad_()
    value = basis.derivatives(points, [(0,) * len(index)])[0, :, j]
    for axis, order in enumerate(index):
        for _ in range(order):
            if not value.requires_grad:
                return torch.zeros_like(points[:, 0])
            value = torch.autograd.grad(value.sum(), points, create_graph=True)[0][:, axis]
    return value.detach()


A, B = LINE[0].lower, LINE[0].upper
L = B - A
SCALED = {
    "legendre": lambda n, x: mpmath.sqrt((2 * n + 1) / L) * mpmath.legendre(n, (2 * x - A - B) / L),
    "chebyshev": lambda n, x: mpmath.chebyt(n, (2 * x - A - B) / L),
    "sine": lambda n, x: mpmath.sqrt(2 / L) * mpmath.sin((n + 1) * mpmath.pi * (x - A) / L),
    "cosine": lambda n, x: (
        mpmath.sqrt((2 if n else 1) / L) * mpmath.cos(n * mpmath.pi * (x - A) / L)
    ),
}


@pytest.mark.parametrize("family", SCALED)
def test_high_degrees_against_closed_forms_in_high_precision(family: str) -> None:
    basis = made(family, modes=40)
    points = torch.tensor([[A], [0.3], [1.999], [B]], dtype=F)
    got = basis.derivatives(points, [(m,) for m in range(5)])
    with mpmath.workdps(60):
        for n, order in product((0, 1, 2, 17, 39), range(5)):
            want = [
                float(mpmath.diff(lambda s, n=n: SCALED[family](n, s), mpmath.mpf(x), order))
                for x in points[:, 0].tolist()
            ]
            scale = max(1e-12, *map(abs, want))
            assert got[order, :, n].numpy() == pytest.approx(want, abs=1e-11 * scale), (n, order)


@pytest.mark.parametrize(("family", "axes"), cases(ORTHONORMAL))
def test_orthonormal_bases_are(family: str, axes) -> None:
    basis = made(family, axes, modes=5)
    nodes, weights = gauss(axes, 40)
    values = basis.derivatives(nodes, [(0,) * len(axes)])[0]
    gram = values.T @ (weights[:, None] * values)
    assert (gram - torch.eye(basis.size, dtype=F)).abs().max() < 1e-12


@pytest.mark.parametrize("axes", [LINE, PLANE, SPACE, TORUS])
def test_plane_waves_are_eigenfunctions_of_the_laplacian(axes) -> None:
    basis = made("fourier", axes, modes=3, extension=1.5)
    d = len(axes)
    second = [tuple(2 * int(i == j) for i in range(d)) for j in range(d)]
    value, *parts = basis.derivatives(inside(axes), [(0,) * d, *second])
    squares = torch.tensor((basis.frequencies**2).sum(axis=1))
    assert basis.frequencies.shape == (basis.size, d)
    assert torch.allclose(-sum(parts), squares * value, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("family", ["sine", "cosine"])
def test_frequencies_of_each_axis(family: str) -> None:
    basis = made(family, PLANE, modes=4)
    value, xx, yy = basis.derivatives(inside(PLANE), [(0, 0), (2, 0), (0, 2)])
    for axis, second in enumerate((xx, yy)):
        k = torch.tensor(basis.frequencies[:, axis])
        assert torch.allclose(-second, k**2 * value, rtol=1e-13, atol=1e-12)


def test_sines_vanish_and_cosines_are_flat_at_the_ends() -> None:
    ends = torch.tensor([[A], [B]], dtype=F)
    assert made("sine").derivatives(ends, [(0,)]).abs().max() < 1e-13
    assert made("cosine").derivatives(ends, [(1,)]).abs().max() < 1e-11


def test_an_operator_with_constant_coefficients_has_a_diagonal_matrix_on_the_torus() -> None:
    # L = ∂x² + 2 ∂x∂y − 3 ∂y + 1: the matrix of ∫ Lφ_i Lφ_j is diag |σ(k)|².
    basis = made("fourier", TORUS, modes=3)
    nodes, weights = gauss(TORUS, 40)
    xx, xy, y, one = basis.derivatives(nodes, [(2, 0), (1, 1), (0, 1), (0, 0)])
    image = xx + 2 * xy - 3 * y + one
    kx, ky = basis.frequencies.T
    symbol = np.abs(-(kx**2) - 2 * kx * ky - 3j * ky + 1) ** 2
    gram = image.T @ (weights[:, None] * image)
    assert (gram - torch.diag(torch.tensor(symbol))).abs().max() < 1e-11 * symbol.max()
    assert basis.diagonalises


def test_which_bases_diagonalise() -> None:
    assert made("fourier", PLANE).diagonalises
    assert not made("fourier", PLANE, extension=2.0).diagonalises
    assert made("fourier", TORUS, extension=2.0).diagonalises
    assert made("mixed", TORUS).diagonalises
    assert not any(made(f).diagonalises for f in FAMILIES if f != "fourier")


def test_in_one_dimension_it_is_the_basis_of_the_paper() -> None:
    basis = made("fourier", (Axis(-math.pi, math.pi),), modes=3)
    assert basis.phases == ("1", "cos", "sin", "cos", "sin", "cos", "sin")
    assert basis.frequencies[:, 0].tolist() == [0, 1, 1, 2, 2, 3, 3]
    assert basis.labels[:5] == ("1", "cos(ξ1)", "sin(ξ1)", "cos(2ξ1)", "sin(2ξ1)")
    x = inside(basis.axes)
    want = [torch.full_like(x, 1 / math.sqrt(2 * math.pi))]
    for k in (1, 2, 3):
        want += [f(k * x) / math.sqrt(math.pi) for f in (torch.cos, torch.sin)]
    got = basis.derivatives(x, [(0,)])[0]
    assert torch.allclose(got, torch.cat(want, dim=1), rtol=1e-14, atol=1e-15)


def test_plane_waves_are_ordered_by_wave_number_in_a_half_space() -> None:
    square = (Axis(0, 1), Axis(0, 1))
    basis = made("fourier", square, modes=2)
    n = np.rint(basis.frequencies / (2 * math.pi)).astype(int)
    lengths = (n**2).sum(axis=1)
    assert (np.diff(lengths) >= 0).all()
    half = {tuple(row) for row in n[1::2]}
    assert len(half) == 12
    assert not half & {(-a, -b) for a, b in half}
    assert (n[1::2] == n[2::2]).all()
    assert basis.labels[1:9:2] == ("cos(ξ1)", "cos(ξ2)", "cos(ξ1 + ξ2)", "cos(ξ1 - ξ2)")


@settings(max_examples=60, deadline=None)
@given(
    family=st.sampled_from([f for f in FAMILIES if not f.startswith("random")]),
    circles=st.lists(st.booleans(), min_size=1, max_size=3),
    modes=st.integers(1, 4),
    index=st.sampled_from(["box", "total"]),
)
def test_sizes_by_counting(family: str, circles: list[bool], modes: int, index: str) -> None:
    if family not in PERIODIC:
        circles = [False] * len(circles)
    axes = tuple(Axis(0.0, 1.0, 1.0 if circle else None) for circle in circles)
    numbers = []
    for circle in circles:
        if family == "fourier" or (family == "mixed" and circle):
            numbers.append(range(-modes, modes + 1))
        else:
            numbers.append(range(modes if family == "sine" else modes + 1))
    limit = modes - 1 if family == "sine" else modes
    count = sum(index == "box" or sum(map(abs, n)) <= limit for n in product(*numbers))
    options = BasisOptions(family=family, modes=modes, index=index)
    basis = build_basis(options, axes)
    assert basis.size == basis_size(options, axes) == count
    assert len(basis.labels) == len(set(basis.labels)) == count
    values = basis.derivatives(inside(axes, 2 * count), [(0,) * len(axes)])[0]
    assert torch.linalg.matrix_rank(values) == count


def test_sizes_by_formula() -> None:
    assert made("fourier", SPACE, modes=3).size == 7**3
    ten = (Axis(0.0, 1.0),) * 10
    assert made("fourier", ten, modes=2, index="total").size == 221
    assert made("legendre", ten, modes=3, index="total").size == math.comb(13, 3)
    assert made("random_tanh", ten, features=17).size == 17


def test_ten_axes() -> None:
    ten = (Axis(0.0, 1.0),) * 10
    basis = made("fourier", ten, modes=2, index="total")
    points = inside(ten)
    second = [tuple(2 * int(i == j) for i in range(10)) for j in range(10)]
    value, *parts = basis.derivatives(points, [(0,) * 10, *second])
    squares = torch.tensor((basis.frequencies**2).sum(axis=1))
    assert torch.allclose(-sum(parts), squares * value, rtol=1e-12, atol=1e-11)


def test_mixed_is_fourier_in_periodic_axes_and_legendre_in_the_others() -> None:
    basis = made("mixed", TUBE, modes=3)
    points = inside(TUBE)
    (value,) = basis.derivatives(points, [(1, 2)])
    (waves,) = made("fourier", TUBE[:1], modes=3).derivatives(points[:, :1], [(1,)])
    (polynomials,) = made("legendre", TUBE[1:], modes=3).derivatives(points[:, 1:], [(2,)])
    every = (waves[:, :, None] * polynomials[:, None, :]).flatten(1)
    # The same functions in another order.
    assert torch.allclose(value.sort(dim=1).values, every.sort(dim=1).values, rtol=1e-13)
    assert "sin(2ξ1) P1(ξ2)" in basis.labels


@pytest.mark.parametrize("family", PERIODIC)
def test_periodic_axes(family: str) -> None:
    axes = (PLANE[0], TORUS[1])
    basis = made(family, axes, modes=3, bandwidth=8.0, extension=1.7)
    points = inside(axes)
    moved = points + torch.tensor([0.0, TORUS[1].period], dtype=F)
    one, two = (basis.derivatives(p, [(0, 0), (1, 2)]) for p in (points, moved))
    assert torch.allclose(one, two, rtol=1e-9, atol=1e-9 * one.abs().max().item())
    half = basis.derivatives(points + torch.tensor([0.0, 0.4], dtype=F), [(0, 0)])
    assert not torch.allclose(one[:1], half, atol=1e-3)


def test_an_extension_represents_what_is_not_periodic() -> None:
    axis = (Axis(0.0, 1.0),)
    x = torch.linspace(0, 1, 200, dtype=F)[:, None]
    want = torch.exp(x)
    errors = {}
    for extension in (1.0, 2.0):
        basis = made("fourier", axis, modes=14, extension=extension)
        values = basis.derivatives(x, [(0,)])[0]
        fit = torch.linalg.lstsq(values, want, driver="gelsd", rcond=1e-14).solution
        errors[extension] = (values @ fit - want).abs().max().item()
        moved = basis.derivatives(x + extension, [(0,)])[0]
        assert torch.allclose(values, moved, atol=1e-11)
    assert errors[2.0] < 1e-9
    assert errors[1.0] > 1e-2


def test_random_cosines_approximate_the_gaussian_kernel() -> None:
    # E φ(x)·φ(y) = exp(−σ²|ξ − η|²/2), with a deviation of m^(−1/2) at most.
    m, sigma = 20_000, 2.0
    basis = made("random_fourier", PLANE, features=m, bandwidth=sigma)
    points = inside(PLANE, 8)
    (values,) = basis.derivatives(points, [(0, 0)])
    lengths = torch.tensor([a.upper - a.lower for a in PLANE], dtype=F)
    scaled = 2 * points / lengths
    kernel = torch.exp(-(sigma**2) * torch.cdist(scaled, scaled) ** 2 / 2)
    assert (values @ values.T - kernel).abs().max() < 5 / math.sqrt(m)


def test_random_neurons_have_the_slopes_of_their_directions() -> None:
    m, sigma = 4000, 3.0
    basis = made("random_tanh", LINE, features=m, bandwidth=sigma)
    value, slope = basis.derivatives(torch.tensor([[0.7], [0.8]], dtype=F), [(0,), (1,)])
    inner = 1 - m * value**2
    weights = slope * math.sqrt(m) / inner
    clear = inner.amin(dim=0) > 1e-6
    assert torch.allclose(weights[0, clear], weights[1, clear], rtol=1e-6)
    directions = random_directions(LINE, m, sigma, torch.Generator().manual_seed(0))
    assert torch.allclose(weights[0, clear], directions[clear, 0], rtol=1e-6)
    assert (directions * L / 2).std().item() == pytest.approx(sigma, rel=0.05)


@pytest.mark.parametrize("family", ["random_fourier", "random_tanh"])
def test_the_same_seed_gives_the_same_functions(family: str) -> None:
    points = inside(PLANE)
    one, two, other = (
        made(family, PLANE, seed=seed).derivatives(points, [(1, 0)]) for seed in (4, 4, 5)
    )
    assert torch.equal(one, two)
    assert not torch.allclose(one, other)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"family": "wavelet"}, 'family takes mixed, fourier, .*, but here it is "wavelet"'),
        ({"index": "cross"}, "index takes box or total"),
        ({"modes": -1}, "modes must be a number of at least 1"),
        ({"modes": 2.5}, "modes must be a whole number"),
        ({"modes": 10**9}, "modes must be a number of at most 20000"),
        ({"family": "sine", "modes": 0}, "at least 1"),
        ({"features": 0}, "features"),
        ({"bandwidth": 0.0}, "bandwidth must be a number above 0"),
        ({"bandwidth": math.inf}, "bandwidth must be a finite number"),
        ({"seed": -1}, "seed"),
        ({"extension": 0.9}, "extension must be a number of at least 1"),
        ({"extension": math.nan}, "extension must be a finite number"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_options({"kind": "basis"} | given)


def test_a_basis_too_large_is_refused_with_its_size() -> None:
    with pytest.raises(ValueError, match=r"29791 functions .* most is 20000.*total"):
        made("fourier", SPACE, modes=15)
    with pytest.raises(ValueError, match=f"{math.comb(26, 6)} functions"):
        made("legendre", (Axis(0, 1),) * 20, modes=6, index="total")


@pytest.mark.parametrize("family", ["sine", "cosine", "legendre", "chebyshev", "random_tanh"])
def test_a_family_that_is_not_periodic_is_refused_in_a_periodic_axis(family: str) -> None:
    with pytest.raises(ValueError, match=f"{family} functions are not periodic, but input 2 of 2"):
        made(family, (PLANE[0], TORUS[1]))


def test_single_precision() -> None:
    for family in FAMILIES:
        basis = made(family, PLANE, modes=4)
        points = inside(PLANE)
        one = basis.derivatives(points.float(), [(0, 0), (1, 1)])
        assert one.dtype == torch.float32
        want = basis.derivatives(points, [(0, 0), (1, 1)])
        assert torch.allclose(one.double(), want, atol=1e-4 * want.abs().max().item())
