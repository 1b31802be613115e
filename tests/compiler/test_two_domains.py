"""Problems on several domains: divided ones and written ones go the way of every problem."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.compiler import unsupported
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem
from pdedsl.settings.method import Method
from pdedsl.transforms.decomposition import decompose
from tests.conftest import ROOT
from tests.small import SHORT_HEAT as HEAT

F = torch.float64
_C = 0.9 * math.sin(0.4 * math.pi) / 4.6
# u is continuous at 0.4 and so is a u': u₁ = sin πx − 10 c x, u₂ = sin πx/10 + c (1 − x).
JUMP = f"""problem "jump"
domain O: x in [0, 1]
unknown u(x)
let a = if(x < 0.4, 1, 10)
eq: -div(a*grad(u)) = pi^2*sin(pi*x)
bc: u = 0  on boundary
exact u = if(x < 0.4, sin(pi*x) - 10*{_C!r}*x, sin(pi*x)/10 + {_C!r}*(1 - x))
"""
SMOOTH = """problem "smooth"
domain O: x in [0, 1]
unknown u(x)
let us = sin(pi*x)*exp(x)
eq: -div((1 + x)*grad(u)) = -div((1 + x)*grad(us))
bc: u = 0  on boundary
exact u = us
"""
TRANSPORT = """problem "transport"
domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u_x = 0
bc: u = -sin(t)  on x = 0
ic: u = sin(x)  at t = 0
exact u = sin(x - t)
"""
WRITTEN = """problem "written by hand, one law of its own on each side"
param a = 0.4
domain A: x in [0, a]
domain B: x in [a, 1]
interface Gamma = B intersect A
unknown u(x) in A, v(x) in B
eq left: u_xx = -sin(x)  in A
eq right: 2*v_xx = -2*sin(x) + 2  in B
bc cold: u = 0  on boundary(A) minus Gamma
bc hot: v = sin(1) + (1 - a)^2/2  on boundary(B) minus Gamma
bc value: u = v  on Gamma
bc flux: dn(u) = dn(v)  on Gamma
exact u = sin(x), v = sin(x) + (x - a)^2/2
"""


def method(model: dict[str, object], optimizer: str) -> Method:
    return Method.model_validate({"model": model, "optimizer": {"kind": optimizer}})


def worst(solution: pdedsl.Solution) -> float:
    return max(value["rel_l2"] for value in solution.errors.values())


@pytest.mark.parametrize(
    ("text", "cuts"),
    [(JUMP, (0.4,)), (SMOOTH, (0.4,)), (SMOOTH, (0.3, 0.35)), (HEAT, (0.4,)), (TRANSPORT, (0.4,))],
)
def test_bases_joined_by_value_and_flux(text: str, cuts: tuple[float, ...]) -> None:
    problem = decompose(pdedsl.parse(text), cuts)
    modes = 14 if problem.time is None else [12, 12]
    chosen = method({"kind": "basis", "modes": modes}, "lstsq")
    solution = pdedsl.solve(problem, chosen)
    assert list(solution.errors) == [f"u{k + 1}" for k in range(len(cuts) + 1)]
    assert worst(solution) < 1e-8


@pytest.mark.parametrize("text", [JUMP, SMOOTH])
def test_networks_joined_by_value_and_flux(text: str) -> None:
    problem = decompose(pdedsl.parse(text), (0.4,))
    chosen = Method.model_validate({
        "model": {"kind": "mlp", "width": 12, "depth": 1, "activation": "sin"},
        "optimizer": {"kind": "lm", "iterations": 20, "projection": True},
        "sampling": {"points": {"eq": 40}},
        "weights": {"bc": 100},
    })  # fmt: skip
    assert worst(pdedsl.solve(problem, chosen)) < 1e-6


def test_a_problem_written_on_two_domains() -> None:
    chosen = method({"kind": "basis", "modes": 12}, "lstsq")
    solution = pdedsl.solve(pdedsl.parse(WRITTEN), chosen)
    assert worst(solution) < 1e-12


def test_two_materials_in_the_plane() -> None:
    chosen = method({"kind": "basis", "modes": 4}, "lstsq")
    solution = pdedsl.solve(pdedsl.load(ROOT / "specs" / "interface.pde"), chosen)
    assert worst(solution) < 1e-12


def system(problem: Problem) -> pdedsl.ResidualSystem:
    model = {"kind": "mlp", "width": 4, "depth": 2}
    return pdedsl.compile(problem, model=model, points={"eq": 9, "ic": 5, "Gamma1_u": 7})


def test_a_row_of_an_interface_has_fields_of_both_sides() -> None:
    made = system(decompose(pdedsl.parse(HEAT), (0.4,)))
    theta = made.theta0
    value = next(block for block in made.blocks if block.label == "Gamma1_u")
    assert (value.points[:, 0] == 0.4).all()
    assert len(value.points[:, 1].unique()) == 7
    fields = made.fields(theta, value.points)
    expected = value.map.scale * (fields["u1"] - fields["u2"])
    torch.testing.assert_close(made.residual(theta)[value.rows], expected)
    jacobian = made.jacobian(theta)
    rows = [made.vjp(theta, row) for row in torch.eye(made.rows, dtype=F)]
    torch.testing.assert_close(jacobian, torch.stack(rows), rtol=1e-10, atol=1e-12)
    halves = jacobian[value.rows].split([network.model.size for network in made.networks], dim=1)
    assert all(half.abs().max() > 1e-3 for half in halves)


def test_points_of_each_law_lie_in_its_domain() -> None:
    points = system(decompose(pdedsl.parse(HEAT), (0.4,))).points_by_law
    for label, low, high in [
        ("eq.1", 0, 0.4), ("eq.2", 0.4, 1), ("ic.1", 0, 0.4), ("ic.2", 0.4, 1), ("bc.1", 0, 0),
        ("bc.2", 1, 1),
    ]:  # fmt: skip
        assert low <= float(points[label][:, 0].min()) <= float(points[label][:, 0].max()) <= high


def test_the_interface_is_taken_off_the_boundary() -> None:
    made = pdedsl.compile(pdedsl.parse(WRITTEN), model={"width": 3, "depth": 1})
    points = made.points_by_law
    assert points["cold"].tolist() == [[0.0]]
    assert points["hot"].tolist() == [[1.0]]


def test_the_normal_points_from_the_first_domain_to_the_second() -> None:
    made = pdedsl.compile(pdedsl.parse(WRITTEN), model={"width": 3, "depth": 1})
    flux = next(block for block in made.blocks if block.label == "flux")
    assert flux.data.normals.tolist() == [[-1.0]]


def test_fields_have_values_in_their_domains_alone() -> None:
    problem = decompose(pdedsl.parse(JUMP), (0.4,))
    solution = pdedsl.solve(problem, method({"kind": "basis", "modes": 3}, "lstsq"))
    values = solution(x=[0.1, 0.4, 0.9])
    assert np.isnan(values["u1"]).tolist() == [False, False, True]
    assert np.isnan(values["u2"]).tolist() == [True, False, False]
    assert np.isnan(solution.derivative("u2_x")(x=[0.1, 0.9])).tolist() == [True, False]


def windowed(sampling: str) -> Method:
    return Method.model_validate({
        "model": {"kind": "windows", "count": 2, "pieces": [{"kind": "basis", "modes": [10, 8]}]},
        "optimizer": {"kind": "lstsq"},
        "sampling": {"kind": sampling},
    })  # fmt: skip


def test_windows_of_time_on_two_domains() -> None:
    solution = pdedsl.solve(decompose(pdedsl.parse(HEAT), (0.4,)), windowed("sobol"))
    assert worst(solution) < 1e-8


def test_collocation_is_for_one_domain() -> None:
    with pytest.raises(UserError, match="for one domain; take sobol"):
        pdedsl.solve(decompose(pdedsl.parse(HEAT), (0.4,)), windowed("collocation"))


def test_domains_in_other_coordinates_are_refused() -> None:
    text = """problem "p"
domain A: x in [0, 1]
domain B: y in [0, 1]
unknown u(x) in A, v(y) in B
eq: u_xx = 0  in A
eq: v_yy = 0  in B
"""
    with pytest.raises(UserError, match="E901") as caught:
        pdedsl.compile(pdedsl.parse(text))
    assert "B has others" in str(caught.value)


HALVES = """domain A: x in [0, 1]
domain B: x in [1, 2]
interface G = A intersect B
unknown u1(x) in A, u2(x) in B
bc l: u1 = 0  on x = 0
bc r: u2 = 0  on x = 2
bc v: u1 = u2  on G
bc f: dn(u1) = dn(u2)  on G
"""


@pytest.mark.parametrize(
    ("equations", "reason"),
    [
        ("eq a: u1_xx = 1  in B\neq b: u2_xx = 1  in A", "a has u1 of A at points of B"),
        ("eq a: u1_xx = 1  in A\neq b: u2_xx = u1  in B", "b has u1 of A at points of B"),
        ("eq a: u2_xx = 1  in B\neq b: u2_xx = 1  in B", "no equation holds in A"),
    ],
)
def test_a_field_outside_its_domain_is_refused(equations: str, reason: str) -> None:
    problem = pdedsl.parse(f"{HALVES}{equations}\n")
    found = unsupported(problem)
    assert [d.code for d in found] == ["E901"] * len(found)
    assert reason in found[0].message
    assert found[0].span is not None


def test_a_field_at_a_point_of_its_own_domain_may_stand_in_another() -> None:
    text = f"{HALVES}eq a: u1_xx = 1  in A\neq b: u2_xx = u1(0.5)  in B\n"
    assert unsupported(pdedsl.parse(text)) == []
