"""Sets, places, labels, periodic sides, parameters, numbers: what the problem holds."""

from __future__ import annotations

import pytest
import sympy as sp
from checking import LINE, PLANE, POISSON, check, codes, problem_of

from pdedsl.diagnostics import UserError
from pdedsl.ir import Boundary, Box, Combination, Global, Interior, OnInterface, Shape, Slice

TORUS = "domain Omega: (x, y) in [0, 1] * [0, 2]\nunknown u(x, y), w(x, y)\neq: lap(u) = u - 1\n"


def labels(text: str) -> list[str]:
    """Labels of all laws in order."""
    return [law.label for law in problem_of(text).laws]


def test_labels_are_numbered_by_kind() -> None:
    assert labels(PLANE + POISSON) == ["eq", "bc"]
    text = (
        PLANE
        + "eq: lap(u) = 1\nbc: u = 0 on x = 0\nbc top: u = 0 on y = 1\nbc: u = 0 on x = 1, y = 0"
    )
    assert labels(text) == ["eq", "bc.1", "top", "bc.2"]


def test_periodic_laws_take_part_in_the_numbering() -> None:
    problem = problem_of(
        PLANE + "eq: lap(u) = u - 1\nbc: u periodic in x\nbc: u = 0 on y = 0, y = 1"
    )
    assert [p.label for p in problem.periodicities] == ["bc.1"]
    assert [law.label for law in problem.laws] == ["eq", "bc.2"]


def test_two_laws_of_one_label() -> None:
    assert codes(PLANE + "eq a: lap(u) = 1\nbc a: u = 0 on boundary") == ["E202"]


def test_a_period_is_the_length_of_the_domain_of_its_field() -> None:
    problem = problem_of(
        "domain A: x in [0, 1]\ndomain B: x in [2, 5]\nunknown u(x) in A, v(x) in B\n"
        "eq: u_xx = u + 1 in A\neq: v_xx = v + 1 in B\nbc: u, v periodic in x"
    )
    x = problem.domains[0].coordinates[0]
    assert [(p.fields, p.period) for p in problem.periodicities] == [(("u",), 1), (("v",), 3)]
    assert [problem.periodic_axes(c) for c in problem.components] == [{x: 1}, {x: 3}]
    assert [p.label for p in problem.periodicities] == ["bc", "bc"]


def test_periodic_sides_are_taken_out_of_the_boundary() -> None:
    text = PLANE + "eq: lap(u) = u - 1\nbc: u periodic in x\nbc: u = 0 on boundary"
    problem = problem_of(text)
    faces = problem.law("bc.2").place.faces  # type: ignore[union-attr]
    assert [(f.axis.name, f.side) for f in faces] == [("y", -1), ("y", 1)]
    u = problem.components[0]
    assert problem.periodic_axes(u) == {u.args[0]: 1}
    assert codes(PLANE + "eq: lap(u) = u - 1\nbc: u periodic in x\nbc: u = 0 on x = 0") == ["E502"]
    assert "E502" in codes(PLANE + "eq: lap(u) = u - 1\nbc: u periodic in z")


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("in Omega", Interior),
        ("on boundary", Boundary),
        ("on x = 0", Boundary),
        ("on boundary where x > 0.5", Boundary),
        ("at (x, y) = (0.5, 0.5)", Slice),
        ("at x = 0.5", Slice),
        ("", Interior),
    ],
)
def test_places(place: str, kind: type) -> None:
    law = problem_of(PLANE + POISSON + f"eq extra: u = 1 {place}\n").law("extra")
    assert isinstance(law.place, kind)


def test_integral_laws_are_global() -> None:
    law = problem_of(PLANE + POISSON + "eq extra: integral(u, Omega) = 1").law("extra")
    assert law.place == Global()


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("on x = 0.5", "E403"),
        ("at x = 2", "E403"),
        ("on z = 0", "E201"),
        ("on t = 0", "E201"),
        ("on x = 10^400", "E305"),
        ("at x = 10^400", "E305"),
        ("in Omga", "E404"),
        ("on boundary where x", "E306"),
        ("on boundary(K)", "E201"),
        ("at (x, y) = 0", "E404"),
    ],
)
def test_wrong_places(place: str, code: str) -> None:
    assert codes(PLANE + f"eq: lap(u) = 1\nbc: u = 0 {place}")[0] == code


@pytest.mark.parametrize(
    ("law", "code"),
    [
        ("ic: u = 0", "E405"),
        ("bc: u = 0", "E405"),
        ("ic: u = 0 on x = 0", "E404"),
        ("fit: u = 0", "E505"),
    ],
)
def test_laws_without_their_place(law: str, code: str) -> None:
    assert codes(LINE + f"eq: u_t = u_xx\n{law}")[0] == code


def test_slope_at_an_end_is_a_slice() -> None:
    problem = problem_of(
        LINE + "eq: u_t = u_xx\nic: u = 1 at t = 0\nbc a: u_x(x=0) = 1\nbc b: u = 1 on x = 1"
    )
    (u,) = problem.components
    assert problem.law("a").place == Slice("Omega", ((u.args[0], sp.S.Zero),))


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("[1, 0]", "E407"),
        ("[0, 1, 2]", "E401"),
        ("[0, x]", "E201"),
        ("disk(center = (0, 0), radius = -1)", "E407"),
        ("disk(center = (0, 0))", "E206"),
        ("disk((0, 0), 1)", "E206"),
        ("disk(center = (0, 0, 0), radius = 1)", "E402"),
        ("polygon((0, 0), (1, 0))", "E401"),
        ("[0, 1]^2 union [0, 1]", "E402"),
        ("[0, 1]^101", "E401"),
        ("[0, 1]^3", "E402"),
        ("[-1e308, 1e308]^2", "E702"),
        ("1", "E401"),
        ("dsk(center = (0, 0), radius = 1)", "E201"),
    ],
)
def test_wrong_sets(region: str, code: str) -> None:
    assert codes(f"domain Omega: (x, y) in {region}\nunknown u(x, y)\n" + POISSON)[0] == code


def test_sets() -> None:
    text = (
        "region D = disk(center = (0, 0), radius = 1)\nregion H = [0, 0.5]^2\n"
        "domain Omega: (x, y) in D minus H\nunknown u(x, y)\n" + POISSON
    )
    region = problem_of(text).domains[0].region
    assert isinstance(region, Combination) and region.op == "minus"
    assert isinstance(region.left, Shape) and isinstance(region.right, Box)


def test_interface_place() -> None:
    text = (
        "domain A: x in [-1, 0]\ndomain B: x in [0, 1]\ninterface G = A intersect B\n"
        "unknown a(x) in A, b(x) in B\neq: a_xx = 1 in A\neq: b_xx = 1 in B\n"
        "bc: a = 0 on x = -1\nbc: b = 0 on x = 1\nbc j: a = b, dn(a) = dn(b) on G\n"
    )
    problem = problem_of(text)
    assert problem.law("j").place == OnInterface("G") and check(text) == []


def test_ode() -> None:
    problem = problem_of(
        "time t in [0, 2]\nunknown u(t)\neq: u_tt = -sin(u)\nic: u = 1, u_t = 0 at t = 0"
    )
    assert problem.domains == () and problem.inputs == (problem.time.symbol,)  # type: ignore[union-attr]
    assert problem.law("eq").place == Interior(None)
    assert problem.fields[0].domain is None


def test_parameters() -> None:
    text = "param k = 1, m = 2*k\n" + PLANE + "eq: lap(u) = m*u - k\nbc: u = 0 on boundary"
    problem = problem_of(text)
    assert [p.value for p in problem.parameters] == [1.0, 2.0]
    other = problem.with_params(k=4)
    assert [p.value for p in other.parameters] == [4.0, 8.0]
    assert other.overrides == (("k", 4),)
    assert [p.value for p in other.with_params(m=1).parameters] == [4.0, 1.0]
    assert problem.number(problem.parameters[1].symbol) == 2.0


@pytest.mark.parametrize("values", [{"q": 1.0}, {"k": float("nan")}, {"k": float("inf")}])
def test_wrong_overrides(values: dict[str, float]) -> None:
    problem = problem_of("param k = 1\n" + PLANE + "eq: lap(u) = k\nbc: u = 0 on boundary")
    with pytest.raises(UserError) as caught:
        problem.with_params(**values)
    assert caught.value.diagnostics[0].code == "E803"


def test_override_may_break_the_domain() -> None:
    text = "param L = 1\ndomain O: x in [0, L]\nunknown u(x)\neq: u_xx = 1\nbc: u = 0 on boundary"
    assert codes(text) == [] and codes(text, L=-1) == ["E407"]


def test_parameter_with_a_range_is_an_input() -> None:
    text = "param k in [1, 30]\n" + PLANE + "eq: lap(u) = k\nbc: u = 0 on boundary"
    problem = problem_of(text)
    assert problem.dimension_names == ("x", "y", "k")
    assert [a.name for a in problem.components[0].args] == ["x", "y", "k"]
    assert check(text) == []


@pytest.mark.parametrize(
    ("declaration", "bounds"),
    [
        ("k guess 2", (None, None, 2)),
        ("k > 0 guess 2", (0, None, 2)),
        ("k > 0", (0, None, 1)),
        ("k < 0", (None, 0, -1)),
        ("k > 1 < 3", (1, 3, 2)),
    ],
)
def test_unknown_numbers(declaration: str, bounds: tuple[int | None, int | None, int]) -> None:
    text = (
        PLANE
        + f"unknown {declaration}\neq: lap(u) = k\nbc: u = 0 on boundary\n"
        + "eq: u = 1 at (x, y) = (0.5, 0.5)"
    )
    (number,) = problem_of(text).numbers
    assert (number.lower, number.upper, number.guess) == bounds


@pytest.mark.parametrize(
    ("declaration", "code"), [("k > 0 guess -1", "E407"), ("k > 3 < 1", "E407")]
)
def test_wrong_unknown_numbers(declaration: str, code: str) -> None:
    assert code in codes(PLANE + f"unknown {declaration}\n" + POISSON)


def test_operators_and_functions() -> None:
    text = (
        "param k = 3\n" + PLANE + "let f(s) = s^2 + k\noperator L[w] = w_xx + f(2)*w\n"
        "eq: L[u*x] = f(u)\nbc: u = 0 on boundary"
    )
    problem = problem_of(text)
    u = problem.components[0]
    x = u.args[0]
    k = problem.parameters[0].symbol
    expected = (u * x).diff(x, 2) + (4 + k) * u * x - u**2 - k
    assert sp.expand(problem.law("eq").residuals[0] - expected) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E405"),
        ("domain O: x in [0, 1]\n", "E405"),
        ("domain O: x in [0, 1]\nunknown u(x)\n", "E506"),
        ('problem "a"\nproblem "b"\ndomain O: x in [0, 1]\nunknown u(x)\neq: u = 1', "E406"),
        (
            "time t in [0, 1]\ntime s in [0, 1]\nunknown u(t)\neq: u_t = 1\nic: u = 0 at t = 0",
            "E406",
        ),
        ("unknown u\neq: u = 1", "E504"),
        (PLANE + POISSON + "exact k = 1", "E503"),
        (PLANE + POISSON + "exact u = 1\nexact u = 2", "E503"),
        (PLANE + POISSON + "exact u = (1, 2)", "E301"),
        (PLANE + POISSON + "exact u = u", "E304"),
    ],
)
def test_whole_files(text: str, code: str) -> None:
    assert code in codes(text)


def test_an_error_is_told_once() -> None:
    text = "param k = zz\n" + PLANE + "let a = k\neq: lap(u) = a*k\nbc: u = k on boundary"
    assert codes(text) == ["E201"]


def test_sides_on_which_only_some_fields_are_periodic_are_not_left_out_silently() -> None:
    text = TORUS + "eq: lap(w) = 1\nbc: u periodic in x\n"
    assert codes(text + "bc: u = 0, w = 0 on boundary") == ["E502"]
    assert codes(text + "bc: u = 0 on boundary\nbc: w = 0 on boundary") == []


def test_integrals_beside_a_coordinate_hold_at_every_point() -> None:
    head = LINE + "eq: u_t = u_xx\n"
    problem = problem_of(head + "eq mass: integral(u, Omega) = x\neq all: integral(u, Omega) = t")
    assert problem.law("mass").place == Interior("Omega")
    assert problem.law("all").place == Global()


def test_a_value_at_one_end_may_be_an_integral() -> None:
    problem = problem_of(LINE + "eq: u_t = u_xx\nbc: u(x=0) = integral(u, Omega)")
    x = problem.domains[0].coordinates[0]
    assert problem.law("bc").place == Slice("Omega", ((x, sp.S.Zero),))


def test_a_law_at_a_moving_point_holds_everywhere() -> None:
    problem = problem_of(LINE + "eq: u_t = lap(u(x=x/2))")
    assert problem.law("eq").place == Interior("Omega")
