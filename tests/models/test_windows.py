"""The model of windows against its pieces."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pdedsl.models import Axis, MisfitError, Reader, Tape, jet_table, model_options
from pdedsl.models.windows import Windows

F = torch.float64
AXES = (Axis(-1.0, 1.0), Axis(0.0, 3.0))
EDGES = [0.0, 1.0, 1.5, 3.0]
MLP = {"kind": "mlp", "width": 5, "depth": 2}
SPLINE = {"kind": "basis", "modes": [4, 3], "breaks": [[-0.2, 0.3], []], "smoothness": 1}
WAVES = {"kind": "basis", "modes": [3, 2]}
TABLE = jet_table(2, frozenset({(0, 0), (2, 0), (0, 1)}))


def windows(*pieces, outputs: int = 2, axes=AXES, **options) -> Windows:
    made = model_options({"kind": "windows"} | {"pieces": pieces, "edges": EDGES} | options)
    return made.build(axes, outputs)


def theta_of(model: Windows, seed: int = 0) -> Tensor:
    return torch.randn(model.size, dtype=F, generator=torch.Generator().manual_seed(seed))


def points(n: int = 41) -> Tensor:
    unit = torch.rand(n, 2, dtype=F, generator=torch.Generator().manual_seed(5))
    return torch.tensor([-1.0, 0.0]) + unit * torch.tensor([2.0, 3.0])


@pytest.mark.parametrize("pieces", [(MLP,), (SPLINE,), (MLP, SPLINE, WAVES)])
def test_jets_are_those_of_the_pieces(pieces) -> None:
    model = windows(*pieces)
    theta, x = theta_of(model), points()
    jet = model.jet(Reader(theta), x, TABLE)
    assert jet.shape[1:] == (41, 2)
    for k, piece in enumerate(model.pieces):
        inside = (x[:, 1] >= EDGES[k]) & (x[:, 1] < EDGES[k + 1])
        assert inside.any()
        own = piece.jet(Reader(theta, model.offsets[k]), x[inside], TABLE)
        torch.testing.assert_close(jet[:, inside], own, rtol=1e-13, atol=1e-13)


def test_an_edge_belongs_to_the_window_after_it_and_the_last_to_the_last() -> None:
    model = windows(WAVES, outputs=1)
    theta = theta_of(model)
    at = torch.tensor([[0.3, t] for t in EDGES], dtype=F)
    jet = model.jet(Reader(theta), at, TABLE)
    for k, own in enumerate((0, 1, 2, 2)):
        alone = model.pieces[own].jet(Reader(theta, model.offsets[own]), at[k : k + 1], TABLE)
        torch.testing.assert_close(jet[:, k : k + 1], alone)


@pytest.mark.parametrize("pieces", [(MLP,), (SPLINE,), (MLP, SPLINE, WAVES)])
def test_the_tape_records_the_same_numbers(pieces) -> None:
    model = windows(*pieces)
    theta, x = theta_of(model), points()
    tape = Tape(theta)
    torch.testing.assert_close(
        model.jet(tape, x, TABLE), model.jet(Reader(theta), x, TABLE), rtol=1e-13, atol=1e-13
    )


@pytest.mark.parametrize("pieces", [(MLP,), (SPLINE,), (MLP, SPLINE, WAVES)])
def test_the_jacobian_of_a_system_is_that_of_autograd(pieces) -> None:
    import pdedsl

    problem = pdedsl.parse("""problem "p"
domain Omega: x in [-1, 1]
time t in [0, 3]
unknown u(x, t)
eq: u_t = u_xx - u^3
ic: u = x  at t = 0
bc: u = 0  on boundary
""")
    system = pdedsl.compile(
        problem, model={"kind": "windows", "edges": EDGES, "pieces": list(pieces)},
        points={"eq": 40, "bc": 10, "ic": 6},
    )  # fmt: skip
    theta = 0.5 * theta_of(system.networks[0].model)
    matrix = system.jacobian(theta)
    rows = [system.vjp(theta, row) for row in torch.eye(system.rows, dtype=F)]
    torch.testing.assert_close(matrix, torch.stack(rows), rtol=1e-10, atol=1e-11)


def test_parameters_have_places() -> None:
    model = windows(MLP, SPLINE, WAVES)
    assert model.size == sum(piece.size for piece in model.pieces) == model.offsets[-1]
    assert model.parts["window 2: coefficients"] == slice(model.offsets[1], model.offsets[2])
    ends = sorted((part.start, part.stop) for part in model.parts.values())
    assert [a for a, _ in ends] == [0, *(b for _, b in ends[:-1])]
    start = model.initial(torch.Generator().manual_seed(0))
    assert start.shape == (model.size,)


def test_it_is_linear_where_all_pieces_are() -> None:
    assert windows(SPLINE, WAVES, WAVES).linear
    assert not windows(MLP, SPLINE, WAVES).linear


def test_equal_windows() -> None:
    model = windows(WAVES, edges=(), count=4)
    assert model.edges == pytest.approx((0, 0.75, 1.5, 2.25, 3))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"edges": (0.0,)}, "ascending"),
        ({"edges": (0.0, 2.0, 1.0)}, "ascending"),
        ({"edges": (0.0, float("nan"), 1.0)}, "value 2 of edges must be a finite number"),
        ({"count": 0}, "count"),
        ({"pieces": ()}, "pieces is empty"),
        ({"count": 3, "pieces": ({}, {})}, "3 windows but 2 pieces"),
    ],
)
def test_wrong_options(options, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        model_options({"kind": "windows"} | options)


def test_edges_and_axes_that_do_not_fit() -> None:
    with pytest.raises(MisfitError, match="edges run from 0 to 2, but the input from 0 to 3"):
        windows(WAVES, edges=(0.0, 1.0, 2.0))
    with pytest.raises(MisfitError, match="axis 2 of 2 inputs"):
        windows(WAVES, axis=2)
