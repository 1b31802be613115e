"""Functions around a point: their derivatives, and equations that they satisfy."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest
import torch

from pdedsl.models.bases import BasisOptions, basis_size
from pdedsl.models.bases.build import build_basis
from pdedsl.models.bases.polar_columns import PolarColumns, PolarTerm
from pdedsl.models.inputs import Axis
from pdedsl.models.model import MisfitError

Definition = Callable[[mpmath.mpf, mpmath.mpf, tuple[float, float, int, int]], mpmath.mpc]
AXES = (Axis(-1, 1), Axis(-1, 1), Axis(0, 2))
KINDS = [(2 / 3, 2 / 3, 0, 0), (-3.0, 2.0, 0, 0), (0.0, 0.0, 0, 1), (2.0, 2.0, 1, 0),
         (3.0, 1.0, 1, 1), (2.5, -0.5, 2, 0)]  # fmt: skip
CENTRE, SCALE, CUT = (0.3, -0.2), 0.5, 0.4
FRAME = ((1.2, 0.3), (-0.1, 0.8))


END = (0.5, -0.4)


def columns(degree: int = 0, end: tuple[float, float] | None = None) -> PolarColumns:
    terms = tuple(
        PolarTerm(power=p, wave=q, log_z=j, log_r=k, part=part)
        for p, q, j, k in KINDS for part in ("cos", "sin")
    )  # fmt: skip
    return PolarColumns(centre=CENTRE, scale=SCALE, cut=CUT, frame=FRAME, terms=terms,
                        degree=degree, end=end)  # fmt: skip


def from_end(x: mpmath.mpf, y: mpmath.mpf, kind: tuple[float, float, int, int]) -> mpmath.mpc:
    """Where the cut goes from the centre to `END` alone."""
    p, q, j, k = kind
    z, zeta = (
        mpmath.mpc(*(a * (x - c[0]) + b * (y - c[1]) for a, b in FRAME)) / SCALE
        for c in (CENTRE, END)
    )
    r, angle, ratio = abs(z), mpmath.arg(z), mpmath.log(z / zeta)
    whole = round(q)
    value = r**p * mpmath.exp(1j * whole * angle) * abs(zeta) ** (whole - q)
    value *= mpmath.exp(1j * (q - whole) * ratio.imag)
    return value * ratio**j * mpmath.log(r) ** k


def by_definition(x: mpmath.mpf, y: mpmath.mpf, kind: tuple[float, float, int, int]) -> mpmath.mpc:
    p, q, j, k = kind
    x, y = x - CENTRE[0], y - CENTRE[1]
    z = mpmath.mpc(*(a * x + b * y for a, b in FRAME)) / SCALE
    r, angle = abs(z), mpmath.arg(z)
    while angle < CUT:
        angle += 2 * mpmath.pi
    log = mpmath.log(r) + 1j * angle
    return r**p * mpmath.exp(1j * q * angle) * log**j * mpmath.log(r) ** k


def test_the_plane_may_be_any_two_inputs() -> None:
    first = BasisOptions(modes=2, index="total", columns=(columns(1),))
    moved = columns(1).model_copy(update={"plane": (2, 1)})  # of (t, y, x)
    other = BasisOptions(modes=2, index="total", columns=(moved,))
    points = torch.tensor([[0.7, 0.4, 0.3], [-0.5, 0.1, 1.9], [0.2, -0.8, 1.0]]).double()
    orders = [(0, 0, 0), (1, 2, 1), (2, 0, 0)]
    own = build_basis(first, AXES).derivatives(points, orders)[..., 10:]
    basis = build_basis(other, AXES[::-1])
    turned = basis.derivatives(points.flip(1), [order[::-1] for order in orders])[..., 10:]
    assert torch.equal(own, turned)
    assert any("P1(ξ1)" in label for label in basis.labels)


@pytest.mark.parametrize(("end", "definition"), [(None, by_definition), (END, from_end)])
def test_derivatives_are_those_of_the_definition(
    end: tuple[float, float] | None, definition: Definition
) -> None:
    options = BasisOptions(modes=2, index="total", columns=(columns(1, end),))
    basis = build_basis(options, AXES)
    assert basis.size == basis_size(options, AXES) == len(basis.labels)
    points = torch.tensor([[0.7, 0.4, 0.3], [-0.5, 0.1, 1.9], [0.2, -0.8, 1.0]]).double()
    orders = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 3, 0), (2, 2, 0)]
    own = basis.derivatives(points, orders)[..., 10:]
    with mpmath.workdps(40):
        for i, (m, n, _) in enumerate(orders):
            for number, point in enumerate(points.tolist()):
                for column, kind in enumerate(KINDS):
                    part = [mpmath.re, mpmath.im]
                    for sine in (0, 1):
                        want = mpmath.diff(
                            lambda x, y, k=kind, f=part[sine]: f(definition(x, y, k)),
                            point[:2], (m, n),
                        ) if m + n else part[sine](definition(*point[:2], kind))  # fmt: skip
                        got = float(own[i, number, 2 * column + sine]) * 2**0.5  # P0 on [0, 2]
                        assert got == pytest.approx(float(want), rel=1e-9, abs=1e-11)


def test_a_cut_with_an_end_is_none_beyond_it() -> None:
    """Derivatives agree on both sides of the ray behind the end, and not between the ends."""
    basis = build_basis(BasisOptions(modes=1, index="total", columns=(columns(0, END),)), AXES[:2])
    begin, end = torch.tensor([CENTRE, END], dtype=torch.float64)
    way = end - begin
    across = 1e-9 * torch.stack([-way[1], way[0]])
    for share, agree in ((0.5, False), (1.5, True), (3.0, True), (-0.5, True)):
        middle = begin + share * way
        sides = torch.stack([middle - across, middle + across])
        found = basis.derivatives(sides, [(0, 0), (1, 0), (0, 2)])[..., 3:]
        gap = (found[:, 0] - found[:, 1]).abs() / found.abs().amax(dim=(1, 2))[:, None]
        assert bool((gap < 1e-6).all()) == agree


def test_functions_of_time_multiply() -> None:
    basis = build_basis(BasisOptions(modes=1, index="total", columns=(columns(1),)), AXES)
    point = torch.tensor([[0.7, 0.4, 0.3]], dtype=torch.float64)
    value, slope = basis.derivatives(point, [(0, 0, 0), (0, 0, 1)])[:, 0, 4:]
    constant, linear = value.chunk(2)
    torch.testing.assert_close(linear, constant * 3**0.5 * (0.3 - 1), rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(slope.chunk(2)[1], constant * 3**0.5, rtol=1e-13, atol=1e-13)


def test_corner_and_hole_functions_are_harmonic() -> None:
    terms = tuple(
        PolarTerm(power=p, wave=q, log_r=k, part=part)
        for p, q, k in [(2 / 3, 2 / 3, 0), (-4.0, 4.0, 0), (0.0, 0.0, 1)] for part in ("cos", "sin")
    )  # fmt: skip
    own = PolarColumns(centre=CENTRE, scale=SCALE, terms=terms)
    ended = own.model_copy(update={"end": END, "terms": terms[:2]})
    basis = build_basis(BasisOptions(modes=1, index="total", columns=(own, ended)), AXES[:2])
    points = torch.rand(50, 2, generator=torch.Generator().manual_seed(0)).double() * 2 - 1
    second = basis.derivatives(points, [(2, 0), (0, 2)])[..., 3:]
    assert (second.sum(0).abs() <= 1e-12 * second.abs().sum(0)).all()


def test_columns_need_a_plane() -> None:
    options = BasisOptions(modes=2, index="total", columns=(columns(),))
    for axes in (AXES[:1], (Axis(0, 1, 1.0), Axis(0, 1))):
        with pytest.raises(MisfitError, match="two coordinates that are not periodic"):
            build_basis(options, axes)
