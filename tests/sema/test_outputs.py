"""Outputs: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from checking import LINE, PLANE, POISSON, check, codes, problem_of, report

from pdedsl.ir import Boundary, Interior, OnInterface, Slice
from pdedsl.ir.text import problem_text

HEAT = LINE + "eq: u_t = u_xx\nbc: u = 0 on boundary\nic: u = sin(pi*x) at t = 0\n"
FLOW = "domain Omega: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2\neq: lap(v) = 0\n"
FLOW += "bc: v = (1, 2) on boundary\n"
BARS = """
    domain A: x in [0, 1]
    domain B: x in [1, 2]
    interface G = A intersect B
    unknown u(x) in A, w(x) in B
    eq: u_xx = 0 in A
    eq: w_xx = 0 in B
    bc: u = 0 on x = 0
    bc: w = 1 on x = 2
    bc: u = w on G
    bc: dn(u) = dn(w) on G
"""


@pytest.mark.parametrize(
    ("base", "value", "kinds", "text"),
    [
        (PLANE + POISSON, "integral(u, Omega)", [("integral", Interior)], "integral(u, Omega)"),
        (PLANE + POISSON, "integral(u_x, x = 1)", [("integral", Boundary)], "integral(u_x, x = 1)"),
        (PLANE + POISSON, "max(u)", [("max", Interior)], "max(u, Omega)"),
        (PLANE + POISSON, "min(u, Omega)", [("min", Interior)], "min(u, Omega)"),
        (PLANE + POISSON, "max(u, x = 0, y = 1)", [("max", Boundary)], "max(u, x = 0, y = 1)"),
        (PLANE + POISSON, "u(0.5, 0.25)", [("value", Slice)], "u(1/2, 1/4)"),
        (PLANE + POISSON, "u(x=0.5, y=1) + 2", [("value", Slice)], "u(1/2, 1) + 2"),
        (PLANE + POISSON, "max(u(0, 1), 2)", [("value", Slice)], "max(2, u(0, 1))"),
        (PLANE + POISSON, "integral(u, Omega)/integral(1, Omega)",
         [("integral", Interior), ("integral", Interior)], "integral(u, Omega)/integral(1, Omega)"),
        (HEAT, "max(u(t=1))", [("max", Interior)], "max(u(x, 1), Omega)"),
        (HEAT, "integral(u(x=0.5), t)", [("integral", Interior)], "integral(u(1/2, t))"),
        (BARS, "integral(dn(u), G)", [("integral", OnInterface)], "integral(n[1]*u_x, G)"),
        (BARS, "max(w)", [("max", Interior)], "max(w, B)"),
        (FLOW, "max(norm(v))", [("max", Interior)], "max(sqrt(v[1]^2 + v[2]^2), Omega)"),
    ],
)  # fmt: skip
def test_functionals(base, value, kinds, text):
    problem = problem_of(base + f"output j = {value}\n")
    (output,) = problem.outputs
    assert [(f.kind, type(f.place)) for f in output.functionals] == kinds
    assert f"output j = {text}\n" in problem_text(problem)


def test_the_whole_boundary_and_parts_of_it():
    text = PLANE + POISSON + "output flux = integral(dn(u), boundary)\n"
    (functional,) = problem_of(text).outputs[0].functionals
    assert [str(face.value) for face in functional.place.faces] == ["0", "1", "0", "1"]
    text = BARS + "output flux = integral(dn(u), boundary(A) minus G)\n"
    (functional,) = problem_of(text).outputs[0].functionals
    assert functional.place.domain == "A" and functional.place.minus == ("G",)


def test_outputs_use_lets_parameters_and_one_another():
    text = (
        "param k = 2\n" + PLANE + "let heat = integral(k*u, Omega)\n" + POISSON.replace("1", "k", 1)
    )
    text += "output a = heat, b = 2*a + k, c = max(a, b)\n"
    a, b, c = problem_of(text).outputs
    assert a.functionals == b.functionals == c.functionals and len(a.functionals) == 1


def test_the_text_of_a_problem_reads_as_the_same_outputs():
    text = PLANE + POISSON + "output a = integral(dn(u), boundary), b = u_x(0, 1) - max(u, y = 0)\n"
    problem = problem_of(text)
    again = problem_of(problem_text(problem))
    assert problem_text(again) == problem_text(problem)


@pytest.mark.parametrize(
    ("base", "value", "code", "mend"),
    [
        (PLANE + POISSON, "u", "E304", "u(0.5, 0.5)"),
        (PLANE + POISSON, "x", "E304", "point"),
        (PLANE + POISSON, "dn(u)", "E307", "integral(dn(u), boundary)"),
        (PLANE + POISSON, "integral(dn(u), Omega)", "E307", "integral(dn(u), boundary)"),
        (PLANE + POISSON, "integral(u)", "E401", "integral(u, Omega)"),
        (PLANE + POISSON, "integral(u, 1)", "E401", "integral(u, boundary)"),
        (PLANE + POISSON, "integral(u, Omeg)", "E401", "integral(u, Omega)"),
        (PLANE + POISSON, "integral(u, x = 0.5)", "E403", "at x = 0.5"),
        (PLANE + POISSON, "u(2, 0)", "E403", "Omega"),
        (PLANE + POISSON, "w(0.5, 0)", "E201", None),
        (HEAT, "u(0.5, 3)", "E403", "from 0 to 1"),
        (HEAT, "integral(u, Omega)", "E304", "u(t=1)"),
        (HEAT, "integral(u, t)", "E304", "u(x=0.5)"),
        (HEAT, "integral(u, t = 1)", "E404", None),
        (FLOW, "max(v)", "E302", "write max(norm(v)),"),
        (FLOW, "integral(n, x = 1)", "E302", "write integral(norm(n), x = 1),"),
        (FLOW, "v(0, 0)", "E302", None),
        (BARS, "integral(u, B)", "E404", None),
        (BARS, "max(u + w)", "E405", "A or B"),
        (BARS, "integral(1, boundary)", "E405", "A or B"),
    ],
)  # fmt: skip
def test_mistakes(base, value, code, mend):
    (found,) = report(base + f"output j = {value}\n")[1]
    assert found.code == code, found.message
    if mend is not None:
        assert mend in (found.mend or "")


def test_names_of_outputs_are_names():
    base = PLANE + POISSON + "output j = max(u)\n"
    assert codes(base + "output j = min(u)\n") == ["E202"]
    assert codes(base + "output u = min(u)\n") == ["E202"]
    assert codes(base + "output u_x = min(u)\n") == ["E205"]
    assert codes(base + "eq: u = j\n") == ["E204"]
    assert codes(base + "output peak = 2*j\n") == []


def test_a_column_of_a_table_is_no_output(tmp_path):
    (tmp_path / "a.csv").write_text("x,y,m\n0.1,0.2,3\n0.4,0.2,3\n")
    text = PLANE + 'data a(x, y, m) from "a.csv"\n' + POISSON + "fit: u = a.m on a\n"
    assert "E605" in codes(text + "output j = max(a.m)\n", tmp_path)
    assert "E605" in codes(text + "output j = integral(u - a.m, Omega)\n", tmp_path)


def test_a_name_that_only_an_output_uses_is_used():
    assert check("param k = 2\n" + PLANE + POISSON + "output j = k*max(u)\n") == []
