"""L103, L105 to L109, L111 and L112, each with cases that are flagged and cases that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from checking import LINE, PLANE, POISSON, check, codes, problem_of, report

HEAT = "eq: u_t = u_xx\n"
ENDS = "bc: u = 0 on boundary\n"
SINE = "ic: u = sin(pi*x) at t = 0\n"
FLOW = "domain Omega: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2, p(x, y)\n"
TIMES = "time t in [0, 1]\n"
TWO_PI_2 = "param q = 2*pi^2\n"


def only(text: str, code: str, message: str) -> None:
    """Exactly one finding, with this code and the start of this message."""
    found = check(text)
    assert len(found) == 1 and found[0][0] == code and found[0][1].startswith(message), found


# --- L103 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINE + HEAT + ENDS.replace("0", "1", 1), "u needs one initial condition and has none"),
        (LINE + "eq: u_tt = u_xx\n" + SINE + ENDS, "u needs two initial conditions and has one"),
        (LINE + HEAT + SINE + ENDS + "ic: u_t = 0 at t = 0", "u_t at t = 0 follows"),
        (LINE + HEAT + SINE + ENDS + "ic: u = sin(pi*x) at t = 0", "u has 2 conditions in t"),
        (TIMES + "unknown u(t)\neq: u_tt = -u\nic: u = 1 at t = 0", "u needs two initial"),
        (
            LINE + "eq: u_xx = t\n" + ENDS + "ic: u = 0 at t = 0",
            "no equation has a derivative of u in t",
        ),
    ],
)
def test_initial_conditions(text: str, message: str) -> None:
    only(text, "L103", message)


@pytest.mark.parametrize(
    "text",
    [
        LINE + HEAT + SINE + ENDS,
        LINE + "eq: u_tt = u_xx\n" + SINE + "ic: u_t = 0 at t = 0\n" + ENDS,
        LINE + "eq: u_t = -u_xx\n" + SINE.replace("t = 0", "t = 1") + ENDS,
        TIMES + "unknown u(t)\neq: u_tt = -u\nic: u = 1, u_t = 0 at t = 0",
        TIMES + "unknown u(t)\neq: u_tt = -u\neq: u = 1 at t = 0\neq: u = 0 at t = 1",
        TIMES + "unknown u(t), w(t)\neq: u_t = -w, w_t = u\nic: u = 1, w = 0 at t = 0",
        LINE + "eq: u_xx = t\n" + ENDS,
        TIMES + "unknown u(t)\neq: u_t = 1 - u + sin(2*pi*t)\nbc: u periodic in t",
    ],
)
def test_initial_conditions_complete(text: str) -> None:
    assert check(text) == []


# --- L105 -------------------------------------------------------------------------------------


def test_pressure_without_gauge() -> None:
    text = FLOW + "eq: -lap(v) + grad(p) = (y, 0)\neq: div(v) = 0\nbc: v = (0, 0) on boundary\n"
    only(text, "L105", "every law leaves p free up to a constant")
    assert codes(text + "eq gauge: p = 0 at (x, y) = (0, 0)") == []
    assert codes(text + "eq gauge: integral(p, Omega) = 0") == []


def test_gauge_at_one_time_does_not_fix_a_pressure() -> None:
    text = (
        "domain Omega: (x, y) in [0, 1]^2\ntime t in [0, 1]\n"
        "unknown v(x, y, t) in R^2, p(x, y, t)\n"
        "eq: d(v, t) - lap(v) + grad(p) = (y, 0)\neq: div(v) = 0\nbc: v = (0, 0) on boundary\n"
        "ic: v = (0, 0) at t = 0\n"
    )
    only(text + "eq: p = 0 at (x, y) = (0, 0), t = 0", "L105", "every law leaves p free")
    assert codes(text + "eq: p = 0 at (x, y) = (0, 0)") == []


@pytest.mark.parametrize("law", ["dn(u) = 0", "dn(u) = x - 1/2"])
def test_pure_neumann(law: str) -> None:
    text = PLANE + f"eq: lap(u) = x - y\nbc: {law} on boundary\n"
    only(text, "L105", "every law leaves u free up to a constant")
    assert codes(text + "eq: integral(u, Omega) = 1") == []
    assert codes(text.replace("= x - y", "= u - y")) == []


def test_periodic_poisson() -> None:
    text = PLANE + "eq: lap(u) = sin(2*pi*x)\nbc: u periodic in x, y\n"
    only(text, "L105", "every law leaves u free")
    assert codes(PLANE + "eq: lap(u) = u + sin(2*pi*x)\nbc: u periodic in x, y\n") == []


# --- L106 -------------------------------------------------------------------------------------


@pytest.mark.parametrize("equation", ["lap(u) = 0", "lap(u) + u^3 = u*u_x", "lap(u) = sin(u)"])
def test_trivial(equation: str) -> None:
    only(PLANE + f"eq: {equation}\nbc: u = 0 on boundary", "L106", "u = 0 satisfies every law")


@pytest.mark.parametrize("equation", ["lap(u) = 1", "lap(u) = exp(u)", "lap(u) = 1e-40*x"])
def test_not_trivial(equation: str) -> None:
    assert check(PLANE + f"eq: {equation}\nbc: u = 0 on boundary") == []


def test_an_eigenvalue_is_offered_its_norm() -> None:
    text = PLANE.replace("unknown u", "unknown k guess 20, u")
    for field, square, zero in (("u", "u^2", "0"), ("v", "dot(v, v)", "(0, 0)")):
        own = text if field == "u" else text.replace("u(x, y)", "v(x, y) in R^2")
        own += f"eq: -lap({field}) = k*{field}\nbc: {field} = {zero} on boundary\n"
        mend = next(d.mend for d in report(own)[1] if d.code == "L106")
        assert mend == f"add eq norm: integral({square}, Omega) = 1"
        assert codes(own + mend.removeprefix("add ")) == []


def test_a_source_that_is_below_the_least_number_at_most_points_is_not_zero() -> None:
    law = "eq: lap(u) = exp(-((x - 0.3137)/1e-4)^2)\n"
    assert "L106" not in codes(PLANE + law + "bc: u = 0 on boundary")


# --- L107 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equation", "sides", "mode"),
    [
        (
            "lap(u) + 2*pi^2*u = 1",
            "bc: u = 0 on boundary",
            "an eigenvalue of the box (mode (1, 1))",
        ),
        ("-lap(u) - 5*pi^2*u = 1", "bc: u = 0 on boundary", "(mode (1, 2))"),
        ("lap(u)/2 + 2.51*pi^2*u = 1", "bc: u = 0 on boundary", "near the eigenvalue"),
        ("lap(u) + pi^2*u = x", "bc: dn(u) = 0 on boundary", "(mode (0, 1))"),
        ("lap(u) + 4*pi^2*u = x*(1 - x)", "bc: u periodic in x, y", "(mode (0, 1))"),
        (
            "lap(u) + 1.25*pi^2*u = 1",
            "bc: u = 0 on x = 0, y = 0, y = 1\nbc: dn(u) = 0 on x = 1",
            "(mode (1, 1))",
        ),
        ("4*u_xx + u_yy + 5*pi^2*u = 1", "bc: u = 0 on boundary", "(mode (1, 1))"),
    ],
)
def test_eigenvalue(equation: str, sides: str, mode: str) -> None:
    found = check(PLANE + f"eq: {equation}\n{sides}")
    assert [c for c, _ in found] == ["L107"] and mode in found[0][1], found


@pytest.mark.parametrize("factor", ["pi^2", "2.1*pi^2", "-2*pi^2", "x*2*pi^2", "2*pi^2*u"])
def test_no_eigenvalue(factor: str) -> None:
    assert check(PLANE + f"eq: lap(u) + {factor}*u = 1\nbc: u = 0 on boundary") == []


def test_eigenvalue_reached_by_a_parameter() -> None:
    text = "param k = 1\n" + PLANE + "eq: lap(u) + k^2*u = 1\nbc: u = 0 on boundary"
    assert codes(text) == []
    assert codes(text, k=4.442882938158366) == ["L107"]


# --- L108 -------------------------------------------------------------------------------------


def test_initial_and_boundary_values() -> None:
    text = LINE + HEAT + "ic: u = cos(pi*x) at t = 0\n" + ENDS
    only(text, "L108", "at x = 0, t = 0 the initial value of u is 1 and its boundary value is 0")
    assert codes(text.replace("u = 0 on", "2*u = 2*cos(pi*x) on")) == []


def test_tails_of_a_pulse_are_zero_beside_it() -> None:
    line = LINE.replace("[0, 1]", "[-10, 10]", 1)
    assert codes(line + HEAT + "ic: u = 2/cosh(x)^2 at t = 0\n" + ENDS) == []
    assert codes(line + HEAT + "ic: u = 2/cosh(x/2)^2 at t = 0\n" + ENDS) == ["L108"]


def test_initial_values_on_the_torus() -> None:
    text = LINE + HEAT + "ic: u = x at t = 0\nbc: u periodic in x"
    only(text, "L108", "u is periodic in x, but its initial values at x = 0 and x = 1 are 0 and 1")


def test_sides_that_disagree() -> None:
    text = PLANE + "eq: lap(u) = 1\nbc: u = x on y = 0\nbc: u = 0 on x = 0, x = 1, y = 1"
    only(text, "L108", "at x = 1, y = 0 the value of u on x = 1 is 0 and that on y = 0 is 1")
    assert codes(text.replace("u = x on", "u = x*(1 - x) on")) == []


def test_constants_that_jump_between_sides_are_told() -> None:
    text = PLANE + "eq: lap(u) = 0\nbc: u = {top} on y = 1\nbc: u = 0 on x = 0, x = 1, y = 0"
    assert codes(text.format(top=1)) == ["L108"]
    assert codes(text.format(top=-300)) == ["L108"]
    assert "L108" not in codes(text.format(top=0))


def test_a_lid_may_move_beside_its_walls() -> None:
    walls = "bc: v = (1, 0) on y = 1\nbc: v = (0, 0) on x = 0, x = 1, y = 0"
    text = "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2\neq: lap(v) = (0, 0)\n"
    assert "L108" not in codes(text + walls)


# --- L109 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "param k = 1",
        "param k in [1, 2]",
        "let k = 3",
        "let k(s) = s",
        "operator k[w] = lap(w)",
        "region k = disk(center = (0, 0), radius = 1)",
    ],
)
def test_unused(line: str) -> None:
    found = check(PLANE + line + "\n" + POISSON)
    assert ("L109", "k is never used") in found and len(found) == 1


def test_unused_unknowns() -> None:
    only(PLANE + "unknown w(x, y)\n" + POISSON, "L109", "no law speaks of the unknown w")
    only(PLANE + "unknown k guess 1\n" + POISSON, "L109", "no law speaks of the unknown number k")


def test_used_through_other_names() -> None:
    text = PLANE + "param a = 1\nlet b = a\nlet f(s) = b*s\noperator L[w] = f(1)*lap(w)\n"
    assert check(text + "eq: L[u] = 1\nbc: u = 0 on boundary") == []


# --- L111 -------------------------------------------------------------------------------------


def _table(folder: Path, rows: list[tuple[float, ...]], head: str = "x,y,f") -> None:
    lines = [head, *(",".join(map(repr, row)) for row in rows)]
    (folder / "a.csv").write_text("\n".join(lines))


def test_interpolated_column(tmp_path: Path) -> None:
    text = PLANE + 'data a(x, y, f) from "a.csv"\neq: lap(u) = a.f\nbc: u = 0 on boundary'
    grid = [(i / 4, j / 4, 1.0 + i) for i in range(5) for j in range(5)]
    _table(tmp_path, grid)
    assert check(text, tmp_path) == []
    _table(tmp_path, [row for row in grid if row[:2] != (0, 0)])
    code, message = check(text, tmp_path)[0]
    assert code == "L111" and "beyond the points of a" in message
    _table(tmp_path, [row for row in grid if row[0] > 0])
    assert codes(text, tmp_path) == ["E605"]


def test_few_points(tmp_path: Path) -> None:
    text = PLANE + 'unknown k guess 1, c guess 1\ndata a(x, y, f) from "a.csv"\nfit: u = a.f on a\n'
    text += "eq: lap(u) = k + c*x\nbc: u = 0 on boundary"
    _table(tmp_path, [(0.5, 0.5, 0.1), (0.25, 0.5, 0.1)])
    assert check(text, tmp_path) == [("L111", "there are only 2 values for 2 unknown numbers")]
    _table(tmp_path, [(0.5, 0.5, 0.1), (0.25, 0.5, 0.1), (0.25, 0.75, 0.1)])
    assert check(text, tmp_path) == []


# --- L112 -------------------------------------------------------------------------------------

SHEET = "domain O: (x, y) in [0, 1]^2\ntime t in [0, 2]\nunknown u(x, y, t)\nic: u = x*y at t = 0\n"


@pytest.mark.parametrize(
    "equation",
    [
        "u_t = -u_xx",
        "u_t + u_xx = sin(x)*u^2",
        "3*u_t + u*u_x + 2*u_xx + u_xxx = 0",
        "-u_t = u_xx + u",
        "u_t = u_xxxx",
        "u_t = u_xxxx + u_xx",
    ],
)
def test_backward_in_time(equation: str) -> None:
    found = [item for item in check(LINE + f"eq: {equation}\n" + SINE + ENDS) if item[0] == "L112"]
    assert len(found) == 1
    assert found[0][1].startswith("eq runs backward in t: short waves grow without bound")


@pytest.mark.parametrize(
    "equation",
    [
        "u_t = u_xx",
        "u_t = -u_x",
        "u_t = u_xxx",
        "u_tt = u_xx",
        "u_tt = -u_xxxx",
        "u_t + u*u_x + u_xx + u_xxxx = 0",
        "u_t = x*u_xx",
        "u_t = (2 + sin(9*x))*u_xx + u",
        "u_t = u*u_xx",
        "-u_t = -u_xx + 5*u",
    ],
)
def test_forward_in_time_or_left_open(equation: str) -> None:
    assert "L112" not in codes(LINE + f"eq: {equation}\n" + SINE + ENDS)


@pytest.mark.parametrize(
    "equation, where",
    [
        ("u_t = (x - 0.5)*u_xx", "x = 0"),
        ("u_t = (t - 0.5)*u_xx", "t = 0"),
        ("u_t = cos(3*x)*u_xx", "x = 1"),
        ("(2 - 3*x)*u_t = u_xx", "x = 0.667"),
    ],
)
def test_backward_in_a_part_of_the_domain(equation: str, where: str) -> None:
    found = [item for item in check(LINE + f"eq: {equation}\n" + SINE + ENDS) if item[0] == "L112"]
    assert len(found) == 1
    name, place = where.split(" = ")
    said = found[0][1].split(f" near {name} = ")[1].split(":")[0]
    assert float(said) == pytest.approx(float(place), abs=0.02)


@pytest.mark.parametrize(
    "equation", ["u_tt = -u_xx", "u_tt + 4*u_xx = u", "u_tt = u_xxxx", "u_tt + u_xt = -u_xx"]
)
def test_an_elliptic_equation_with_values_and_slopes_at_the_start(equation: str) -> None:
    slope = "ic: u_t = 0 at t = 0\n"
    found = check(LINE + f"eq: {equation}\n" + SINE + slope + ENDS)
    assert [item[1] for item in found if item[0] == "L112"] == [
        "eq is no evolution in t: short waves grow without bound, so that values of u at the start "
        "determine no stable solution"
    ]
    both = SINE + SINE.replace("t = 0", "t = 1")
    assert "L112" not in codes(LINE + f"eq: {equation}\n" + both + ENDS)


def test_backward_in_some_direction() -> None:
    assert "L112" in codes(SHEET + "eq: u_t = u_xx - u_yy")
    assert "L112" in codes(SHEET + "eq: u_t = u_xx + 3*u_xy + u_yy")
    assert "L112" not in codes(SHEET + "eq: u_t = u_xx + u_xy + u_yy")
    assert "L112" not in codes(SHEET + "eq: u_t = u_xx")


def test_backward_from_values_at_the_end() -> None:
    end = SINE.replace("t = 0", "t = 1")
    assert "L112" not in codes(LINE + "eq: u_t = -u_xx\n" + end + ENDS)
    assert "L112" not in codes(LINE + "eq: u_t = -u_xx\n" + ENDS)


def test_problem_survives_its_lints() -> None:
    assert problem_of(PLANE + "eq: lap(u) = 0\nbc: u = 0 on x = 0").laws


# --- what is right says nothing ---------------------------------------------------------------


def test_a_source_to_be_found_is_a_function(tmp_path: Path) -> None:
    rows = "".join(f"{i / 20},{i * (20 - i)}\n" for i in range(21))
    (tmp_path / "a.csv").write_text("x,f\n" + rows)
    text = 'domain O: x in [0, 1]\ndata a(x, f) from "a.csv"\nfit: u = a.f on a\n'
    found = "unknown u(x), s(x)\neq: -u_xx = s\nbc: u = 0 on boundary\n"
    first, _, rest = text.partition("\nfit")
    assert check(f"{first}\n{found}fit{rest}", tmp_path) == []
    meant = found.replace("s(x)", "s").replace("= s", "= s")
    assert codes(f"{first}\n{meant}fit{rest}", tmp_path) == ["L104"]


def test_a_huge_factor_is_no_eigenvalue_that_could_be_listed() -> None:
    text = "param k = 4*pi\n" + PLANE + "bc: u = x on boundary\neq: -lap(u) - k^{}*u = 0"
    assert codes(text.format(98)) == []
    assert codes(text.format(300)) == []


def test_more_equations_than_unknowns_that_an_exact_solution_satisfies() -> None:
    text = "domain O: (x, y, z) in [0, 1]^3\nunknown v(x, y, z) in R^3\n"
    text += "eq: curl(v) = 0, div(v) = 0\nbc: v = (x, y, -2*z) on boundary\n"
    assert codes(text) == ["L104"]
    assert codes(text + "exact v = (x, y, -2*z)") == []
    assert "L110" in codes(text + "exact v = (y, -x, 0)")
