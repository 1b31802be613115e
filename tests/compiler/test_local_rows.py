"""Jacobians by their entries, for splines and systems of them."""

from __future__ import annotations

import pytest
import torch

import pdedsl
from pdedsl.compiler.evaluation.local_rows import LocalFactor, sparse_rows
from pdedsl.training.windows.window_system import windows_of

F = torch.float64
LAWS = {
    "one": """unknown u(x, t)
eq: u_t + u*u_x = u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary""",
    "two": """unknown u(x, t), w(x, t)
eq f: u_t = u_xx + u*w
eq g: w_t = -w^2
ic: u = sin(pi*x), w = 1  at t = 0
bc: u = 0  on boundary""",
    "circle": """unknown v(x, t) in R^2
eq: d(v, t) = (v[2], d(v[1], x, 2))
ic: v = (sin(2*pi*x), 0)  at t = 0
bc: v periodic in x""",
    "mixed": """unknown u(x, t), w(x, t)
eq f: u_t = u_xx + w
eq g: w_t = w_xx
ic: u = sin(2*pi*x), w = 1  at t = 0
bc p: u periodic in x
bc q: w = 1  on boundary""",
    "integral": """unknown u(x, t)
eq: u_t = u_xx - u*integral(u, Omega)
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary""",
    "mirror": """unknown u(x, t)
eq: u_t = u_xx + u(1 - x, t)^2
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary""",
}
PIECE = {"kind": "basis", "modes": [4, 2], "breaks": [[0.3, 0.5, 0.8], []], "smoothness": 1}


def system(name: str, sampling: str = "collocation"):
    text = f'problem "p"\ndomain Omega: x in [0, 1]\ntime t in [0, 0.5]\n{LAWS[name]}\n'
    model = {"kind": "windows", "pieces": [PIECE]}
    whole = pdedsl.compile(pdedsl.parse(text), model=model, sampling=sampling)
    return windows_of(whole)[0].system(None, 0)


def state(one) -> torch.Tensor:
    return torch.randn(one.parameters, dtype=F, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("name", list(LAWS))
def test_entries_are_finite_differences(name: str) -> None:
    one = system(name)
    theta = state(one)
    found = one.residual_and_sparse_rows(theta)
    assert found is not None
    residual, rows = found
    assert torch.allclose(residual, one.residual(theta), rtol=1e-13, atol=1e-13)
    matrix, step = rows.dense(), 1e-5
    scale = float(matrix.abs().max())
    for k in range(0, one.parameters, 7):
        shift = torch.zeros_like(theta)
        shift[k] = step
        slope = (one.residual(theta + shift) - one.residual(theta - shift)) / (2 * step)
        assert torch.allclose(matrix[:, k], slope, rtol=0, atol=1e-8 * scale)


@pytest.mark.parametrize("name", list(LAWS))
def test_all_products_agree(name: str) -> None:
    one = system(name)
    theta = state(one)
    _, rows = one.residual_and_sparse_rows(theta)
    matrix = rows.dense()
    close = {"rtol": 1e-11, "atol": 1e-11 * float(matrix.abs().max()) ** 2}
    torch.testing.assert_close(one.jacobian(theta), matrix, **close)
    torch.testing.assert_close(one.gram(theta), matrix.T @ matrix, **close)
    torch.testing.assert_close(one.kernel(theta), matrix @ matrix.T, **close)
    v, w = state(one), torch.linspace(-1, 1, one.rows, dtype=F)
    torch.testing.assert_close(one.jvp(theta, v), matrix @ v, **close)
    torch.testing.assert_close(one.vjp(theta, w), matrix.T @ w, **close)
    loss, gradient = one.loss_and_grad(theta)
    torch.testing.assert_close(gradient, 2 * matrix.T @ one.residual(theta), **close)
    assert float(loss) == pytest.approx(float(one.loss(theta)), rel=1e-12)


def test_chunks_of_points_make_no_difference() -> None:
    one = system("two")
    theta = state(one)
    whole = one.residual_and_sparse_rows(theta)[1].dense()
    one.chunk = 7
    torch.testing.assert_close(one.residual_and_sparse_rows(theta)[1].dense(), whole)


def test_rows_have_few_entries() -> None:
    rows = system("one").residual_and_sparse_rows(state(system("one")))[1]
    assert rows.values.shape[1] == 5 * 3
    assert rows.size > 3 * rows.values.shape[1] - 20


def test_networks_have_no_such_rows() -> None:
    text = f'problem "p"\ndomain Omega: x in [0, 1]\ntime t in [0, 0.5]\n{LAWS["one"]}\n'
    one = pdedsl.compile(pdedsl.parse(text), model="mlp", points={"eq": 5, "bc": 4, "ic": 4})
    assert one.residual_and_sparse_rows(one.theta0) is None


def test_shorter_rows_are_filled_within_their_own_columns() -> None:
    """Columns of elsewhere would couple all rows in a factorisation by fronts."""
    parts = [
        LocalFactor(0, torch.ones(2, 3, dtype=F), torch.tensor([[1, 2, 3], [2, 3, 4]])),
        LocalFactor(2, torch.ones(1, 1, dtype=F), torch.tensor([[7]])),
        LocalFactor(0, 2 * torch.ones(2, 1, dtype=F), torch.tensor([[1], [9]])),
    ]
    rows = sparse_rows(parts, 4, 10, torch.empty(0, dtype=F))
    assert rows.columns[2].tolist() == [7, 7, 7, 7]
    dense = rows.dense()
    assert dense[0].tolist() == [0, 3, 1, 1, 0, 0, 0, 0, 0, 0]
    assert dense[1].tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 0, 2]
    assert dense[2].tolist() == [0] * 7 + [1, 0, 0]
    assert dense[3].tolist() == [0] * 10
    assert torch.equal(parts[0].dense()[1], torch.tensor(
        [[1, 0], [1, 1], [1, 1], [0, 1]], dtype=F
    ))  # fmt: skip
