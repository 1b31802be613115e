"""The report: numbers of the literature, linearisation, predictions that come true."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

import pdedsl
from pdedsl.analysis import Report
from pdedsl.analysis.linearised_problem import linearised_problem
from pdedsl.calculus.laws import law_operators
from pdedsl.calculus.state import linearisation_state
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.weights import best_weight, best_weights
from pdedsl.ir import Problem
from pdedsl.runs import dumps
from tests.conftest import ROOT

SPECS = ROOT / "specs"
BENT = """problem "bent"
param   c = 3
domain  Omega: x in [0, 1]
time    t in [0, 2]
unknown u(x, t), v(x, t)
eq one: u_t = u_xx + sin(u)*v
eq two: v_t = c*v_xx - u^2*u_x
bc:     u + v^2 = 1, v = 1  on boundary
ic:     u = sin(pi*x), v = 1  at t = 0
"""


def spec(name: str) -> Problem:
    return pdedsl.load(SPECS / f"{name}.pde")


def conditioning(report: Report):
    assert report.conditioning is not None, report.obstacle
    return report.conditioning


# Numbers of De Ryck et al., arXiv 2310.05801.


@pytest.mark.parametrize(
    ("modes", "at_one", "best", "weight"),
    [(5, 5.44e3, 2.06e3, 46.7), (10, 8.71e4, 3.16e4, 193), (20, 1.39e6, 5.00e5, 798)],
)
def test_poisson(modes: int, at_one: float, best: float, weight: float) -> None:
    report = pdedsl.analyze(spec("poisson_1d"), "fourier", modes)
    found = conditioning(report)
    assert found.functions == 2 * modes + 1
    assert found.at_one == pytest.approx(at_one, rel=4e-3)
    assert found.kappa == pytest.approx(best, rel=2e-3)
    assert found.kappa > modes**4
    low, high = found.valley
    assert low < weight < high
    curve = found.curve
    inside = (curve[:, 0] > low) & (curve[:, 0] < high)
    assert (curve[inside, 1] < 1.1 * found.kappa * (1 + 1e-6)).all()
    assert (curve[~inside, 1] > 1.1 * found.kappa * (1 - 1e-3)).all()
    assert curve[:, 1].min() >= found.kappa * (1 - 1e-6)
    assert found.growth == pytest.approx(4, abs=0.4 / modes)
    assert found.values.shape == (2 * modes + 1,)
    assert found.values[0] / found.values[found.rank - 1] == pytest.approx(found.kappa)
    natural = {p.gamma: p.kappa_natural for p in found.preconditioned}
    assert natural == pytest.approx({1: 15.26, 5: 1.797, 10: 1.342, 100: 1.030}, rel=2e-3)
    assert found.best.kappa == min(p.kappa for p in found.preconditioned)
    assert all(p.natural == pytest.approx(2 * np.pi / p.gamma**2) for p in found.preconditioned)


def test_conditions_that_all_functions_satisfy_have_no_weight_to_be_found() -> None:
    """Sines vanish at both ends but for rounding errors, which no weight should blow up."""
    found = conditioning(pdedsl.analyze(spec("poisson_1d"), "sine", 10))
    assert found.kappa == pytest.approx(10**4, rel=1e-9)
    assert found.weight == 1.0
    assert found.valley == (0.0, np.inf)
    two = pdedsl.parse(
        'problem "two"\ndomain Omega: x in [-pi, pi]\nunknown u(x)\neq: -u_xx = sin(x)\n'
        "bc left: u = 0 on x = -pi\nbc right: u = 0 on x = pi\n"
    )
    gram = assemble(two, discretise(two, "sine", 6))
    assert best_weights(gram).weights == {"eq": 1.0, "left": 1.0, "right": 1.0}
    assert best_weight(gram).kappa == pytest.approx(6**4, rel=1e-9)


def test_a_weight_for_each_condition_is_no_worse() -> None:
    found = conditioning(pdedsl.analyze(spec("elasticity"), modes=2))
    assert found.weights is not None
    assert found.kappa_weights < 0.5 * found.kappa
    assert set(found.loss_weights) == {"eq", "floor", "roller", "load"}
    assert found.loss_weights["eq"] == 1.0


# Linearisation.


def test_the_linearised_laws_are_the_derivative() -> None:
    """F(u₀) + d/dε F(u₀ + εv), with an explicit v, by sympy's own derivative in ε."""
    problem = pdedsl.parse(BENT)
    state = linearisation_state(problem)
    made = linearised_problem(problem, law_operators(problem, state), state)
    x, t, eps = *problem.inputs, sp.Symbol("eps")
    change = dict(zip(problem.components, (x**2 * sp.cos(t), t * x - sp.exp(x)), strict=True))
    moved = {c: state.values[c] + eps * change[c] for c in problem.components}
    target = {c: state.values[c] + change[c] for c in problem.components}
    at = {x: sp.Rational(3, 10), t: sp.Rational(7, 10), sp.Symbol("c"): 3}
    for law, own in zip(problem.laws, made.laws, strict=True):
        for old, new in zip(law.residuals, own.residuals, strict=True):
            path = old.subs(moved).doit()
            want = path.subs(eps, 0) + sp.diff(path, eps).subs(eps, 0)
            got = new.subs(target).doit()
            values = [float(problem.substitute(e).subs(at).evalf()) for e in (want, got)]
            assert values[1] == pytest.approx(values[0], rel=1e-12, abs=1e-12)
        assert own.place == law.place
    assert all(own.linear for own in law_operators(made))
    assert not made.exact


def test_linear_problems_are_left_alone() -> None:
    problem = spec("heat")
    state = linearisation_state(problem)
    assert linearised_problem(problem, law_operators(problem, state), state) is problem


def test_unknown_numbers_take_their_guess() -> None:
    problem = spec("heat_inverse")
    report = pdedsl.analyze(problem, modes=2)
    assert not report.linear
    assert any("kappa = 1" in note for note in conditioning(report).notes)
    state = linearisation_state(problem)
    made = linearised_problem(problem, law_operators(problem, state), state)
    assert not made.numbers
    (eq,) = (law for law in made.laws if law.kind == "eq")
    assert sp.Symbol("kappa", positive=True) not in eq.residuals[0].free_symbols


def test_nonlinear_reports_say_where_they_were_linearised() -> None:
    report = pdedsl.analyze(spec("burgers"), "mixed", 3)
    assert not report.linear
    assert report.state == "the initial condition, taken constant in time"
    (operator,) = report.operators
    assert operator.operator == "-nu*du_xx + u*du_x + du_t + u_x*du"
    assert operator.type.kind == "parabolic"
    assert report.state.split(",")[0] in " ".join(str(report).split())


# Predictions and measurements.


@pytest.mark.parametrize(
    ("name", "family", "modes"),
    [
        ("poisson_1d", "fourier", 5),
        ("poisson_1d", "sine", 6),
        ("advection", "fourier", 2),
        ("heat", "mixed", 3),
        ("heat", "legendre", 3),
        ("burgers", "mixed", 3),
    ],
)
def test_the_prediction_comes_true(name: str, family: str, modes: int) -> None:
    report = pdedsl.analyze(spec(name), family, modes, verify=True)
    check = report.verification
    assert check is not None
    assert check.plain.kappa == pytest.approx(conditioning(report).kappa)
    for run in (check.plain, check.preconditioned):
        assert run.bound == pytest.approx(run.kappa * np.log(1000))
        for goal in (run.error, run.loss):
            assert goal.reached
            assert goal.measured == pytest.approx(goal.predicted, rel=0.01, abs=1)
        assert run.error.measured <= run.bound * 1.002 + 1
    assert check.preconditioned.error.measured < check.plain.error.measured
    assert "agree within" in check.remark


def test_a_smaller_part_of_the_error_takes_longer() -> None:
    problem = spec("poisson_1d")
    counts = [pdedsl.analyze(problem, modes=3, epsilon=e, verify=True) for e in (1e-1, 1e-3, 1e-6)]
    plain = [r.verification.plain.error.measured for r in counts]  # type: ignore[union-attr]
    steps = [r.steps.plain for r in counts]  # type: ignore[union-attr]
    assert plain == sorted(plain)
    assert steps[2] == pytest.approx(2 * steps[1])
    # In the end the slowest mode alone is left: a factor 1000 takes κ ln 1000 steps.
    assert plain[2] - plain[1] == pytest.approx(steps[1], rel=0.02)


def test_a_preconditioner_that_does_harm_is_said_to() -> None:
    """The symbol is no diagonal in polynomials: its inverse can make κ larger."""
    check = pdedsl.analyze(spec("helmholtz"), "legendre", 2, verify=True).verification
    assert check is not None
    ratio = check.preconditioned.error.measured / check.plain.error.measured
    assert ratio > 1.1
    assert f"the preconditioner costs a factor {ratio:.3g} in steps" in check.remark


def test_nothing_is_verified_unless_asked() -> None:
    assert pdedsl.analyze(spec("poisson_1d"), modes=2).verification is None


# Obstacles.


def test_a_domain_that_is_no_box() -> None:
    report = pdedsl.analyze(spec("poisson_lshape"), verify=True)
    assert report.conditioning is report.steps is report.verification is None
    assert "is not a box" in report.obstacle
    assert report.operators[0].dstard == "u_xxxx + 2*u_xxyy + u_yyyy"
    with pytest.raises(ValueError, match=r"nothing to draw: .* not a box"):
        report.plot("never.png")


def test_laws_without_a_matrix_are_named() -> None:
    report = pdedsl.analyze(spec("interface"), modes=1)
    skipped = dict(conditioning(report).skipped)
    assert set(skipped) == {"side1", "side2", "value", "flux"}
    assert all("interface" in why for why in skipped.values())
    assert [o.place for o in report.operators] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("modes", 0), ("modes", -1), ("basis", "hermite"), ("index", "ball"), ("epsilon", 1.0)],
)
def test_options_that_are_wrong(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=str(value)):
        pdedsl.analyze(spec("poisson_1d"), **{name: value})  # type: ignore[arg-type]


# Texts.


def test_the_page(golden) -> None:
    """All but the method that `auto` takes, which is a matter of tests/methods."""
    report = pdedsl.analyze(spec("poisson_1d"), "fourier", 10)
    report = replace(report, advice=replace(report.advice, reason="as auto says"))
    golden(ROOT / "tests" / "analysis" / "poisson_1d.txt", str(report) + "\n")


@pytest.mark.parametrize("name", ["heat", "lotka_volterra", "burgers"])
def test_the_same_problem_gives_the_same_report(name: str) -> None:
    one, two = (pdedsl.analyze(spec(name), modes=2, verify=name == "heat") for _ in range(2))
    assert str(one) == str(two)
    assert dumps(one.as_data()) == dumps(two.as_data())


def test_the_data_are_plain_and_complete() -> None:
    report = pdedsl.analyze(spec("heat"), "mixed", 2)
    data = json.loads(dumps(report.as_data()))
    found = conditioning(report)
    assert data["basis"]["functions"] == found.functions == 9
    assert data["kappa"]["by_modes"].keys() == {str(s.modes) for s in found.sizes}
    assert np.array(data["kappa"]["curve"]) == pytest.approx(found.curve)
    assert len(data["kappa"]["eigenvalues"]) == found.functions
    assert data["kappa_preconditioned"]["kappa"] == found.best.kappa
    (domain,) = data["domains"]
    assert domain["type"] == "parabolic"
    assert set(domain["latex"]) == {"operator", "adjoint", "dstard", "symbol", "squared"}


def test_a_picture(tmp_path) -> None:
    report = pdedsl.analyze(spec("heat"), "mixed", 2)
    path = report.plot(tmp_path / "heat.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 20_000


# What callers from Python may get wrong.


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"modes": 2.5}, "modes: expected a whole number or None, got 2.5"),
        ({"modes": "3"}, "modes: expected a whole number or None, got '3'"),
        ({"modes": True}, "modes: expected a whole number or None, got True"),
        ({"modes": 0}, "modes: expected at least 1, got 0"),
        ({"basis": 3}, "basis: expected a name in quotes, got 3"),
        ({"basis": "hermite"}, "hermite"),
        ({"index": 1}, "index: expected a name in quotes, got 1"),
        ({"epsilon": 2}, "epsilon: expected a number between 0 and 1, got 2"),
        ({"epsilon": "small"}, "epsilon: expected a number between 0 and 1, got 'small'"),
    ],
)
def test_options_of_another_kind(options, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        pdedsl.analyze(spec("poisson_1d"), **options)


def test_modes_may_be_any_whole_number() -> None:
    assert conditioning(pdedsl.analyze(spec("poisson_1d"), modes=np.int64(2))).functions == 5


def test_the_data_are_json_without_more_ado() -> None:
    """Sines meet both conditions whatever λ is, so that the valley has no end."""
    report = pdedsl.analyze(spec("poisson_1d"), "sine", 4)
    assert conditioning(report).valley == (0.0, np.inf)
    data = report.as_data()
    assert data["kappa"]["best"]["valley"] == [0.0, None]
    text = json.dumps(data, allow_nan=False)
    assert json.loads(text) == json.loads(dumps(data))


def test_pictures_are_never_overwritten(tmp_path) -> None:
    report = pdedsl.analyze(spec("poisson_1d"), modes=2)
    path = report.plot(tmp_path / "a.png")
    drawn = path.read_bytes()
    with pytest.raises(FileExistsError, match=r"a\.png exists already; nothing is overwritten"):
        report.plot(path)
    assert path.read_bytes() == drawn


# Problems that are not well posed.

NO_START = """domain  Omega: x in [0, pi]
time    t in [0, 1]
unknown u(x, t)
eq: u_tt = u_xx
ic: u = sin(x)  at t = 0
bc: u = 0  on boundary
"""


def test_what_the_checks_found_comes_first() -> None:
    report = pdedsl.analyze(pdedsl.parse(NO_START), modes=2)
    (doubt,) = report.advice.doubts
    assert (
        doubt == "lint[L103]: u needs two initial conditions and has one (add ic: u_t = … at t = 0)"
    )
    said = str(report).partition("Recommendation\n")[2]
    assert said.startswith("  mend the spec first: lint[L103]: u needs two initial conditions")
    assert said.index("lint[L103]") < said.index("auto:")
    assert report.as_data()["recommendation"]["doubts"] == [doubt]


def test_no_doubts_about_what_is_well_posed() -> None:
    text = NO_START + "ic late: u_t = 0  at t = 0\n"
    report = pdedsl.analyze(pdedsl.parse("param q = 1\n" + text), modes=2)  # q is never used
    assert report.advice.doubts == ()
    assert "mend the spec" not in str(report)


# A page that says what does not help.


def test_a_preconditioner_without_use_is_said_to_be_so() -> None:
    text = " ".join(str(pdedsl.analyze(spec("gray_scott"))).split())
    assert "P = (|symbol|^2 + γ⁻²)^(-1/2) does not help: it gives κ = " in text
    assert "λ from 0, as the equations alone are invertible on this basis" in text
    text = " ".join(str(pdedsl.analyze(spec("poisson_1d"), modes=4)).split())
    assert "does not help" not in text
    assert "invertible" not in text
