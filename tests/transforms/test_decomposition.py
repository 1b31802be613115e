"""An interval divided into subdomains: laws, interfaces, and what cannot be divided."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

import pdedsl
from pdedsl.ir import OnInterface, Substitution, decomposition_obstacle
from pdedsl.ir.text import expression_text, problem_text
from pdedsl.transforms.decomposition import decompose
from tests.conftest import ROOT

HEAD = 'problem "p"\nparam k = 2\ndomain O: x in [0, 1]\n'
STEADY = HEAD + "unknown u(x)\nbc: u = 0  on boundary\n"
EVOLUTION = HEAD + "time t in [0, 1]\nunknown u(x, t)\n"
WAVE = EVOLUTION + "eq: u_tt = k*u_xx\nbc: u = 0  on boundary\nic: u = x, u_t = 0  at t = 0\n"


def joined(text: str, **more: object) -> dict[str, str]:
    """The conditions at the first interface: label to both sides."""
    problem = decompose(pdedsl.parse(text), (0.4,), **more)
    return {
        law.label: " = ".join(map(expression_text, law.equations[0]))
        for law in problem.laws if isinstance(law.place, OnInterface)
    }  # fmt: skip


def test_the_whole_problem_divided() -> None:
    text = """problem "p"
param k = 2
domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t), w(t)
eq heat: u_t = k*u_xx + w
eq: w_t = integral(x*u, O)
bc: u = 0  on boundary
ic: u = x  at t = 0
ic: w = u(0.7, 0)  at t = 0
"""
    assert (
        problem_text(decompose(pdedsl.parse(text), (0.4,)))
        == """problem "p"
param k = 2
domain O1: x in [0, 0.4]
domain O2: x in [0.4, 1]
time t in [0, 1]
interface Gamma1 = O1 intersect O2
unknown u1(x, t) in O1
unknown u2(x, t) in O2
unknown w(t)
eq heat_1: u1_t = k*u1_xx + w  in O1
eq heat_2: u2_t = k*u2_xx + w  in O2
eq: w_t = integral(x*u1, O1) + integral(x*u2, O2)  in O1
bc: u1 = 0  on x = 0
bc: u2 = 0  on x = 1
ic: u1 = x  at t = 0
ic: u2 = x  at t = 0
ic: w = u2(0.7, 0)  at t = 0
bc Gamma1_u: u1 = u2  on Gamma1
bc Gamma1_u_x: u1_x = u2_x  on Gamma1
"""
    )


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        (STEADY + "eq: u_xx = 1\n", ["u1 = u2", "u1_x = u2_x"]),
        (STEADY + "eq: k*u_xx + u_x/k = 1\n", ["u1 = u2", "u1_x = u2_x"]),
        (EVOLUTION + "eq: u_t + k*u_x = 0\n", ["u1 = u2"]),
        (STEADY + "eq: u_xxxx = 1\n",
         ["u1 = u2", "u1_x = u2_x", "u1_xx = u2_xx", "u1_xxx = u2_xxx"]),
        (
            STEADY + "let a = if(x < 0.4, 1, k)\neq: -div(a*grad(u)) = 1\n",
            ["u1 = u2", "-u1_x = -k*u2_x"],
        ),
        (STEADY + "eq: -div((1 + x)*grad(u)) = 1\n",
         ["u1 = u2", "(-x - 1)*u1_x = (-x - 1)*u2_x"]),
        (STEADY + "eq: u_xx*u = 1\n", ["u1 = u2", "u1*u1_x = u2*u2_x"]),
        (STEADY + "eq: u_xx^2 = 1\n", ["u1 = u2", "u1_x = u2_x"]),
        (STEADY + "eq: u_xx = integral(u, O)*u_xx\n", ["u1 = u2", "u1_x = u2_x"]),
    ],
)  # fmt: skip
def test_conditions_at_an_interface(text: str, conditions: list[str]) -> None:
    assert list(joined(text).values()) == conditions


def test_fluxes_of_a_system() -> None:
    text = HEAD + "unknown u(x), v(x)\neq: u_xx + x*v_xx = 0, v_xx = u\n"
    assert joined(text) == {
        "Gamma1_u": "u1 = u2",
        "Gamma1_v": "v1 = v2",
        "Gamma1_flux1": "x*v1_x + u1_x = x*v2_x + u2_x",
        "Gamma1_flux2": "v1_x = v2_x",
    }


def test_values_of_a_parameter_on_each_side() -> None:
    text = STEADY + "eq: -div(k*grad(u)) = k\n"
    values = ({"k": 1}, {"k": 10})
    assert joined(text, values=values)["Gamma1_flux"] == "-u1_x = -10*u2_x"
    problem = decompose(pdedsl.parse(text), (0.4,), values)
    assert [expression_text(law.residuals[0]) for law in problem.laws[2:]] == [
        "-u1_xx - 1", "-10*u2_xx - 10", "u1 - u2", "-u1_x + 10*u2_x",
    ]  # fmt: skip
    changed = problem.with_params(k=5.0)
    assert [d.name for d in changed.domains] == ["O1", "O2"]


def test_a_changed_parameter_keeps_the_parts() -> None:
    problem = decompose(pdedsl.parse(STEADY + "eq: k*u_xx = 1\n"), (0.25, 0.5))
    changed = problem.with_params(k=3.0)
    assert [law.label for law in changed.laws] == [law.label for law in problem.laws]
    assert [changed.number(p.definition) for p in changed.parameters] == [3.0]


JUMP = """problem "p"
param c = 0.4
domain O: x in [0, 1]
unknown u(x)
let k = if(x < c, 1, 4)
eq: -div(k*grad(u)) = 0
bc: u = 0  on x = 0
bc: u = 0.55  on x = 1
exact u = if(x < c, x, 0.4 + (x - 0.4)/4)
"""


def test_a_case_inside_another_is_what_it_is_on_its_part() -> None:
    k = "if(t < 0.5, 1 + if(x < 0.4, 0, 3), 1)"
    text = EVOLUTION + f"eq: u_t = div({k}*grad(u))\nbc: u = 0  on boundary\nic: u = 0  at t = 0\n"
    assert joined(text)["Gamma1_flux"] == "-u1_x = -if(t < 1/2, 4, 1)*u2_x"


def test_a_solution_with_a_jump_satisfies_the_interface_and_nothing_else_is_lost() -> None:
    problem = decompose(pdedsl.parse(JUMP), (0.4,))
    put = Substitution(problem.exact)
    x = problem.inputs[0]
    for law in problem.laws:
        for residual in law.residuals:
            found = problem.substitute(put(residual)).doit()
            if isinstance(law.place, OnInterface):
                found = found.subs(x, sp.Rational("0.4"))
            elif law.kind == "bc":
                found = found.subs(x, law.place.faces[0].value)
            assert abs(float(found.subs(x, 0.3))) < 1e-14, (law.label, found)


SQUARE = 'problem "p"\ndomain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n'


@pytest.mark.parametrize(
    ("text", "axis", "reason"),
    [
        (SQUARE + "eq: lap(u) = 0\nbc: u periodic in x\n", "x", "it is periodic in x"),
        (SQUARE + "eq: lap(u) = 0\nbc: u periodic in x\n", "y", None),
        (STEADY + "eq: u_xx = u(1 - x)\n", "x", "eq has a field at a point that moves"),
        (SQUARE.replace("u(x, y)", "u(x, y), a(x)") + "eq: lap(u) = a\n", "y",
         "a does not depend on y"),
        (EVOLUTION + "eq: u_t = integral(u, O)\n", "t",
         "eq has an integral, over parts that begin and end at times of t"),
        (HEAD + "param m in [0, 1]\nunknown u(x, m)\neq: u_x = m\n", "m",
         "m is a parameter, not a coordinate or time"),
        ('problem "p"\ndomain O: (x, y) in disk(center = (0, 0), radius = 1)\n'
         "unknown u(x, y)\neq: lap(u) = 1\n", "x", "O is not a box"),
        ('problem "p"\ndomain A: x in [0, 1]\ndomain B: x in [1, 2]\n'
         "unknown u(x) in A\neq: u_x = 1  in A\n", "x", "it has several domains already"),
        (STEADY + "eq: u_xx = 1\n", "x", None),
    ],
)  # fmt: skip
def test_what_cannot_be_divided(text: str, axis: str, reason: str | None) -> None:
    problem = pdedsl.parse(text)
    (symbol,) = (s for s in problem.inputs if s.name == axis)
    assert decomposition_obstacle(problem, (symbol,)) == reason
    if reason:
        with pytest.raises(ValueError, match=reason):
            decompose(problem, {axis: (0.4,)})


@pytest.mark.parametrize("cuts", [(0.0,), (1.5,), (0.6, 0.4)])
def test_cuts_lie_inside_and_ascend(cuts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="ascend inside"):
        decompose(pdedsl.parse(STEADY + "eq: u_xx = 1\n"), cuts)


def test_values_fit() -> None:
    problem = pdedsl.parse(STEADY + "eq: u_xx = 1\n")
    with pytest.raises(ValueError, match="2 subdomains, got 1"):
        decompose(problem, (0.5,), ({},))
    with pytest.raises(ValueError, match="expected parameters of the problem, got b"):
        decompose(problem, (0.5,), ({"b": 1}, {}))


def test_names_that_are_there_already() -> None:
    text = HEAD + "unknown u(x), u1(x)\neq: u_xx = u1, u1_x = u\nbc: u = 0  on boundary\n"
    problem = decompose(pdedsl.parse(text), (0.5,))
    assert [f.name for f in problem.fields] == ["u1p", "u2", "u11", "u12"]


def test_a_case_inside_a_case_has_its_limit_from_inside() -> None:
    text = f"""{STEADY}let a = if(x < 0.4, 1, 4)
let b = if(x < 0.8, a, 2*a)
eq: -div(b*grad(u)) = 1
"""
    parts = decompose(pdedsl.parse(text), (0.4, 0.8))
    fluxes = [law.equations[0] for law in parts.laws if law.label.endswith("flux")]
    assert [tuple(map(expression_text, pair)) for pair in fluxes] == [
        ("-u1_x", "-4*u2_x"),
        ("-4*u2_x", "-8*u3_x"),
    ]


def test_an_integral_has_the_values_and_cases_of_the_part_that_it_is_over() -> None:
    text = f"{STEADY}eq: -u_xx = integral(if(x < 0.5, k, 3)*u, O)\n"
    parts = decompose(pdedsl.parse(text), (0.7,), values=({"k": 5}, {}))
    texts = [expression_text(law.equations[0][1]) for law in parts.laws if law.kind == "eq"]
    assert texts[0] == texts[1]
    assert texts[0].count("if(") == 1 and "5" in texts[0] and "3*u2" in texts[0]


@pytest.mark.parametrize(
    ("equation", "reason"),
    [("lap(a*u_xx) = 1", "order above 2"), ("-div(grad(u)) + a*u_x = 1", "below the highest")],
)
def test_a_flux_that_cannot_be_told_is_refused(equation: str, reason: str) -> None:
    text = f"{STEADY}let a = if(x < 0.4, 1, 10)\neq: {equation}\n"
    with pytest.raises(ValueError, match=reason):
        decompose(pdedsl.parse(text), (0.4,))


def test_a_square_in_four_parts() -> None:
    text = """problem "p"
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = u(0, 0.7)
bc: u = 0  on x = 0
bc side: u = y  on boundary where x > 0.6
"""
    parts = decompose(pdedsl.parse(text), {"x": (0.5,), "y": (0.4,)})
    assert (
        problem_text(parts).splitlines()[1:13]
        == """domain O1: (x, y) in [0, 1/2] * [0, 0.4]
domain O2: (x, y) in [0, 1/2] * [0.4, 1]
domain O3: (x, y) in [1/2, 1] * [0, 0.4]
domain O4: (x, y) in [1/2, 1] * [0.4, 1]
interface Gamma1 = O1 intersect O3
interface Gamma2 = O1 intersect O2
interface Gamma3 = O2 intersect O4
interface Gamma4 = O3 intersect O4
unknown u1(x, y) in O1
unknown u2(x, y) in O2
unknown u3(x, y) in O3
unknown u4(x, y) in O4""".splitlines()
    )
    laws = {law.label: law for law in parts.laws}
    assert [expression_text(laws[f"eq.{k}"].equations[0][1]) for k in (1, 4)] == ["u2(0, 0.7)"] * 2
    assert [label for label in laws if label.startswith(("bc", "side"))] == [
        "bc.1", "bc.2", "side_3", "side_4",
    ]  # fmt: skip


def test_time_is_a_coordinate_of_parts_in_time() -> None:
    made = decompose(pdedsl.parse(WAVE), {"x": (0.5,), "t": (0.25,)})
    assert made.time is None
    assert [str(s) for s in made.inputs] == ["x", "t"]
    assert [law.label for law in made.laws if law.kind == "ic"] == ["ic.1", "ic.3"]
    assert [law.label for law in made.laws if law.label.startswith("bc")] == [
        "bc.1", "bc.2", "bc.3", "bc.4",
    ]  # fmt: skip
    assert made.division.parts[2].laws == {"eq": "eq.3", "bc": "bc.3", "ic": "ic.3"}


def test_the_rows_of_a_table_go_to_the_parts_that_they_lie_in() -> None:
    problem = pdedsl.load(ROOT / "specs" / "heat_inverse.pde")
    made = decompose(problem, {"x": (0.3,), "t": (0.5,)})
    whole, *own = made.tables
    assert [t.name for t in made.tables] == ["probe", "probe1", "probe2", "probe3", "probe4"]
    assert sum(t.rows for t in own) == whole.rows == problem.tables[0].rows
    for table, (x, t) in zip(own, [(0, 0), (0, 0.5), (0.3, 0), (0.3, 0.5)], strict=True):
        assert (table.columns["x"] > x).all() and (table.columns["t"] > t).all()
        assert (table.columns["x"] <= (1 if x else 0.3)).all()
        assert (table.columns["t"] <= t + 0.5).all()
    fits = [law for law in made.laws if law.kind == "fit"]
    assert [expression_text(law.residuals[0]) for law in fits] == [
        f"-probe{k}.value + u{k}" for k in range(1, 5)
    ]


def test_a_table_without_what_is_cut_is_refused() -> None:
    problem = pdedsl.load(ROOT / "specs" / "heat_inverse.pde")
    table = replace(problem.tables[0], coordinates=("t",))
    x, t = problem.inputs
    lacking = replace(problem, tables=(table,))
    reason = "fit is on the table probe, which has no column x"
    assert decomposition_obstacle(lacking, (x, t)) == reason
    assert decomposition_obstacle(lacking, (t,)) is None
