"""Laws with tables: fits, measured coefficients, and what cannot be used."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
import torch

from pdedsl.compiler import build
from pdedsl.diagnostics import UserError
from pdedsl.ir import DomainIntegral, Interior, Law, OnData, Problem, Slice, Table

from .problems import box, field, interval, law, problem, t, x

SMALL = {"width": 4, "depth": 1}
U = field("u", x, t)
(W,) = U.components


def table(name: str, n: int, *coordinates: str, edge: bool = True, **columns: object) -> Table:
    rng = np.random.default_rng(5)
    data = {c: rng.random(n) for c in coordinates}
    if edge and len(coordinates) == 1:
        data[coordinates[0]] = np.concatenate([[0.0, 1.0], data[coordinates[0]][2:]])
    values = {k: np.asarray(f(*data.values())) for k, f in columns.items()}  # type: ignore[operator]
    return Table(name, f"{name}.csv", data | values, coordinates, "")


def made(tables: tuple[Table, ...], *laws: Law) -> Problem:
    return problem(
        coordinates=(x,), region=box((0, 1)), time=interval(t, 0, 1), fields=(U,),
        laws=laws, tables=tables,
    )  # fmt: skip


def column(name: str, *args: sp.Expr) -> sp.Expr:
    return sp.Function(name)(*args)


PROBE = table("probe", 40, "t", "x", value=lambda t, x: x**2 - t)


def test_a_fit_uses_every_row() -> None:
    fit = law("fit", "fit", OnData("probe"), W - column("probe.value", t, x))
    s = build(made((PROBE,), fit), SMALL)
    points = s.blocks[0].points
    assert points[:, 0].tolist() == PROBE.columns["x"].tolist()
    assert points[:, 1].tolist() == PROBE.columns["t"].tolist()
    u = s.fields(s.theta0, points)["u"]
    want = (u - torch.tensor(PROBE.columns["value"])) / np.sqrt(40)
    torch.testing.assert_close(s.residual(s.theta0), want)


def test_a_fit_may_use_some_rows() -> None:
    fit = law("fit", "fit", OnData("probe"), W - column("probe.value", t, x))
    s = build(made((PROBE,), fit), SMALL, points={"fit": 12})
    block = s.blocks[0]
    assert len(block.points) == 12
    (values,) = block.data.columns.values()
    torch.testing.assert_close(values, block.points[:, 0] ** 2 - block.points[:, 1])
    s.resample(1)
    assert not torch.equal(s.blocks[0].points, block.points)
    (again,) = s.blocks[0].data.columns.values()
    torch.testing.assert_close(again, s.blocks[0].points[:, 0] ** 2 - s.blocks[0].points[:, 1])


def test_a_measured_coefficient_and_initial_state_are_interpolated() -> None:
    medium = table("medium", 500, "x", k=lambda x: np.sin(3 * x))
    k = column("medium.k", x)
    s = build(
        made(
            (medium,),
            law("eq", "eq", Interior("Omega"), W.diff(t) - k * W.diff(x, 2)),
            law("ic", "ic", Slice("Omega", ((t, sp.S.Zero),)), W - k),
        ),
        SMALL, points={"eq": 50},
    )  # fmt: skip
    for block in s.blocks:
        (values,) = block.data.columns.values()
        torch.testing.assert_close(values, torch.sin(3 * block.points[:, 0]), rtol=0, atol=1e-4)


def test_a_column_at_a_shifted_point() -> None:
    medium = table("medium", 400, "x", k=lambda x: x**2)
    k = column("medium.k", 1 - x)
    s = build(made((medium,), law("eq", "eq", Interior("Omega"), W - k)), SMALL)
    (values,) = s.blocks[0].data.columns.values()
    torch.testing.assert_close(values, (1 - s.blocks[0].points[:, 0]) ** 2, rtol=0, atol=1e-3)


def refusal(tables: tuple[Table, ...], made_law: Law) -> tuple[str, str]:
    with pytest.raises(UserError) as caught:
        build(made(tables, made_law), SMALL)
    (found,) = caught.value.diagnostics
    return found.code, found.message


def test_a_column_outside_its_points_is_refused() -> None:
    medium = table("medium", 20, "x", edge=False, k=lambda x: x)
    place = Interior("Omega")
    code, message = refusal((medium,), law("eq", "eq", place, W - column("medium.k", x)))
    assert code == "E605"
    assert "medium.k" in message
    assert "x = " in message


def test_two_values_at_one_point_are_refused() -> None:
    medium = Table("m", "m.csv", {"x": np.array([0.0, 1.0, 1.0]), "k": np.zeros(3)}, ("x",), "")
    code, message = refusal((medium,), law("eq", "eq", Interior("Omega"), W - column("m.k", x)))
    assert code == "E605"
    assert "several rows" in message


def test_the_derivative_of_a_column_is_refused() -> None:
    e = W - sp.Derivative(column("probe.value", t, x), x)
    code, message = refusal((PROBE,), law("fit", "fit", OnData("probe"), e))
    assert code == "E901"
    assert "probe.value" in message


def test_a_table_without_a_needed_coordinate_is_refused() -> None:
    medium = table("medium", 20, "x", k=lambda x: x)
    code, message = refusal(
        (medium,), law("fit", "fit", OnData("medium"), W - column("medium.k", x))
    )
    assert code == "E901"
    assert "needs t" in message


def test_integrals_and_fixed_coordinates_need_no_column() -> None:
    mass = table("mass", 20, "t", m=lambda t: t)
    whole = DomainIntegral.of(W, "Omega", (x,)) - column("mass.m", t)
    end = sp.Subs(W.diff(x), (x,), (1,)) - column("mass.m", t)
    s = build(made((mass,), law("fit", "fit", OnData("mass"), whole, end)), SMALL)
    nodes, weights = np.polynomial.legendre.leggauss(32)
    for i, value in enumerate(mass.columns["t"]):
        at = torch.tensor(np.stack([(nodes + 1) / 2, np.full(32, value)], axis=1))
        integral = float(s.fields(s.theta0, at)["u"] @ torch.tensor(weights / 2))
        assert float(s.residual(s.theta0)[i]) == pytest.approx((integral - value) / np.sqrt(40))


def test_a_coordinate_that_only_the_law_names_is_needed() -> None:
    medium = table("medium", 20, "x", k=lambda x: x)
    still = field("w", x)
    fit = law("fit", "fit", OnData("medium"), still.components[0] * t - column("medium.k", x))
    p = problem(
        coordinates=(x,), region=box((0, 1)), time=interval(t, 0, 1), fields=(still,),
        laws=(fit,), tables=(medium,),
    )  # fmt: skip
    with pytest.raises(UserError, match="needs t"):
        build(p, SMALL)
