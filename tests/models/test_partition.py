"""Models on overlapping windows that sum to one; their jets are in `test_registry_jets`."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import pdedsl
from pdedsl.models import Axis, MisfitError, Reader, Tape, model_options
from pdedsl.models.jets.jet_table import jet_table
from pdedsl.models.partition import Partition
from pdedsl.models.window_jets import Windows1D

F = torch.float64
TABLE = jet_table(2, frozenset({(2, 0), (1, 1), (0, 1)}))
AXES = (Axis(-1.0, 1.0), Axis(0.0, 3.0))
KINDS = ("cosine", "sigmoid")


def partition(axes: tuple[Axis, ...] = AXES, **options: object) -> Partition:
    made = {"kind": "fbpinn", "counts": [3, 2], "piece": {"width": 3, "depth": 1}} | options
    return model_options(made).build(axes, 2)


def some_points(n: int = 60) -> Tensor:
    unit = torch.rand(n, 2, dtype=F, generator=torch.Generator().manual_seed(2))
    return torch.tensor([-1.0, 0.0]) + unit * torch.tensor([2.0, 3.0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [1.2, 2.0, 2.99])
def test_windows_sum_to_one_and_so_their_derivatives_to_zero(kind: str, width: float) -> None:
    line = Windows1D(kind, -1.0, 2.0, 4, width)
    series = line.series(torch.linspace(-1, 2, 101, dtype=F), 3)
    torch.testing.assert_close(series[:, 0].sum(dim=0), torch.ones(101, dtype=F))
    size = series[:, 1:].abs().amax(dim=(0, 2))
    assert (series[:, 1:].sum(dim=0).abs().amax(dim=1) < 1e-12 * size).all()


def test_a_cosine_window_is_the_formula_over_the_sum() -> None:
    line = Windows1D("cosine", 0.0, 2.0, 3, 2.4)
    x = torch.linspace(0, 2, 41, dtype=F)
    plain = []
    for centre in (0.0, 1.0, 2.0):
        z = (x - centre) / 1.2
        plain.append((z.abs() < 1) * ((1 + torch.cos(torch.pi * z)) / 2) ** 2)
    torch.testing.assert_close(line.series(x, 0)[:, 0], torch.stack(plain) / sum(plain))


@pytest.mark.parametrize("kind", KINDS)
def test_series_of_windows_are_finite_differences(kind: str) -> None:
    line = Windows1D(kind, 0.0, 1.0, 3, 1.8)
    x, h = torch.linspace(0.06, 0.94, 31, dtype=F), 2e-5
    low, mid, high = (line.series(x + s, 0)[:, 0] for s in (-h, 0.0, h))
    series = line.series(x, 2)
    scale = series.abs().amax(dim=(0, 2))
    assert ((high - low) / (2 * h) - series[:, 1]).abs().max() < 1e-5 * scale[1]
    assert ((high - 2 * mid + low) / (2 * h * h) - series[:, 2]).abs().max() < 1e-4 * scale[2]


@pytest.mark.parametrize("window", KINDS)
@pytest.mark.parametrize(
    "piece", [{"width": 3, "depth": 2}, {"kind": "basis", "family": "legendre", "modes": 3}]
)
def test_a_sum_of_pieces_times_windows(window: str, piece: dict[str, object]) -> None:
    model = partition(window=window, piece=piece)
    theta = torch.randn(model.size, dtype=F, generator=torch.Generator().manual_seed(0))
    x, plain = some_points(), jet_table(2, frozenset())
    lines = [line.series(x[:, a], 0)[:, 0] for a, line in enumerate(model.lines)]
    want = torch.zeros(1, len(x), 2, dtype=F)
    for k, (i, j) in enumerate(model.places):
        own = model.pieces[k].jet(Reader(theta, model.offsets[k]), x, plain)
        want += (lines[0][i] * lines[1][j])[:, None] * torch.where(own.isfinite(), own, 0.0)
    torch.testing.assert_close(model.jet(Reader(theta), x, plain), want, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(
        model.jet(Tape(theta), x, TABLE), model.jet(Reader(theta), x, TABLE), rtol=1e-9, atol=1e-11
    )


def test_a_piece_sees_its_window_as_the_unit_interval() -> None:
    model = partition(axes=(Axis(0.0, 4.0),), counts=[3], width=2.0)
    assert [line.support(k) for line in model.lines for k in range(3)] == [(-2, 2), (0, 4), (2, 6)]


def test_one_window_is_the_piece() -> None:
    model = partition(counts=[1, 1])
    theta = torch.randn(model.size, dtype=F, generator=torch.Generator().manual_seed(0))
    x = some_points()
    alone = model.pieces[0].jet(Reader(theta), x, TABLE.whole)
    torch.testing.assert_close(model.jet(Reader(theta), x, TABLE.whole), alone)


SPLINE = {"kind": "basis", "modes": [4, 3], "breaks": [[-0.2, 0.3], []], "smoothness": 1}


@pytest.mark.parametrize("piece", [{"width": 3, "depth": 2}, SPLINE])
def test_the_jacobian_of_a_system_is_that_of_reverse_passes(piece: dict[str, object]) -> None:
    problem = pdedsl.parse("""problem "p"
domain Omega: x in [-1, 1]
time t in [0, 3]
unknown u(x, t)
eq: u_t = u_xx - u^3
ic: u = x  at t = 0
bc: u = 0  on boundary
""")
    model = {"kind": "fbpinn", "counts": [1 if piece is SPLINE else 3, 2], "piece": piece}
    system = pdedsl.compile(problem, model=model, points={"eq": 30, "bc": 8, "ic": 5})
    size = system.parameters
    theta = 0.3 * torch.randn(size, dtype=F, generator=torch.Generator().manual_seed(1))
    rows = [system.vjp(theta, row) for row in torch.eye(system.rows, dtype=F)]
    torch.testing.assert_close(system.jacobian(theta), torch.stack(rows), rtol=1e-9, atol=1e-10)


def test_it_is_linear_where_its_pieces_are() -> None:
    assert partition(piece={"kind": "basis", "family": "legendre", "modes": 2}).linear
    assert not partition().linear


def test_windows_do_not_fit_the_inputs() -> None:
    circle = (Axis(-1.0, 1.0, 2.0), Axis(0.0, 3.0))
    with pytest.raises(MisfitError, match="3 windows along input 1, which is periodic"):
        partition(axes=circle)
    with pytest.raises(MisfitError, match="counts has 3 numbers, but there are 2 inputs"):
        partition(counts=[2, 2, 2])
    with pytest.raises(MisfitError, match="all inputs are periodic"):
        partition(axes=(Axis(0.0, 1.0, 1.0),), counts=[2])
    assert [line.count for line in partition(axes=circle, counts=[2]).lines] == [1, 2]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"width": 1.0}, "width"),
        ({"counts": []}, "counts"),
        ({"window": "box"}, "window"),
        ({"piece": {"hard": True}}, "no hard = true"),
        ({"piece": {"kind": "basis", "preconditioner": "symbol"}}, "no preconditioner"),
    ],
)
def test_wrong_options(options: dict[str, object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        model_options({"kind": "fbpinn"} | options)
