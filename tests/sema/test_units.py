"""Units of specs: conversion to the SI, comparison in laws, units that follow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp

import pdedsl
from pdedsl.cli.rows.output_rows import output_rows
from pdedsl.diagnostics import UserError
from pdedsl.geometry import region_of
from pdedsl.solution.facts import facts

HEAT = """problem "heat"
param D = {D}, L = {L}, T0 = 293 "K"
domain Omega: x in {x}
time t in {t}
unknown T(x, t) "K"
eq: T_t = D*T_xx
ic: T = T0 + 10 "K"*cos(pi*x/L)  at t = 0
bc: T_x = 0  on x = 0, x = {end}
output late = T(x={end}, t={late})
"""
SI = {"D": '2e-3 "m^2/s"', "L": '0.5 "m"', "x": '[0, 0.5] "m"', "t": '[0, 120] "s"',
      "end": '0.5 "m"', "late": '60 "s"'}  # fmt: skip
LENGTHS = {"mm": 500, "cm": 50, "m": 0.5}
TIMES = {"s": (120, 60), "min": (2, 1)}


def heat(**changed: str) -> str:
    return HEAT.format(**{**SI, **changed})


def codes(text: str) -> list[str]:
    _, report, _ = pdedsl.check(text)
    return [d.code for d in report]


def rescaled(length: str, time: str) -> str:
    size, (whole, late) = LENGTHS[length], TIMES[time]
    rate = 2e-3 * (size / 0.5) ** 2 * (120 / whole)
    return heat(
        D=f'{rate:.12g} "{length}^2/{time}"', L=f'{size} "{length}"', x=f'[0, {size}] "{length}"',
        t=f'[0, {whole}] "{time}"', end=f'{size} "{length}"', late=f'{late} "{time}"',
    )  # fmt: skip


@pytest.mark.parametrize(("length", "time"), list(itertools.product(LENGTHS, TIMES)))
def test_other_units_are_the_same_problem(length, time):
    """Values in mm and minutes with their units are those in m and seconds, to the last digit."""
    own, other = pdedsl.parse(heat()), pdedsl.parse(rescaled(length, time))
    for one, two in zip(own.laws, other.laws, strict=True):
        assert [own.substitute(r) for r in one.residuals] == [
            other.substitute(r) for r in two.residuals
        ]
    assert [d.region for d in own.domains] == [d.region for d in other.domains]
    assert (own.time.lower, own.time.upper) == (other.time.lower, other.time.upper)
    assert dict(own.units) == dict(other.units)


def test_other_units_have_the_same_solution():
    values = []
    for text in (heat(), rescaled("mm", "min")):
        solution = pdedsl.solve(pdedsl.parse(text), budget=20)
        values.append((float(solution(x=0.1, t=50.0)), solution.outputs["late"].value))
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    decay = sp.exp(-2e-3 * (sp.pi / 0.5) ** 2 * 60)
    assert values[0][1] == pytest.approx(293 - 10 * float(decay), rel=1e-9)


def test_units_that_follow():
    problem = pdedsl.parse(heat(D="2e-3"))
    assert dict(problem.units) == {
        "x": "m", "t": "s", "D": "m^2/s", "L": "m", "T0": "K", "T": "K", "late": "K",
    }  # fmt: skip
    text = heat(D="2e-3", L="0.5", x="[0, 0.5]", t="[0, 120]", end="0.5", late="60")
    assert dict(pdedsl.parse(text).units)["x"] == "1"  # T(x=0.5) says so
    free = pdedsl.parse(text[: text.index("output")])
    assert dict(free.units)["T"] == "K" and "D" not in dict(free.units)


def test_a_spec_without_units_has_none():
    plain = heat(D="2e-3", L="0.5", x="[0, 0.5]", t="[0, 120]", end="0.5", late="60")
    plain = plain.replace(' "K"', "")
    assert pdedsl.parse(plain).units == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("D*T_xx", "T_xx"), ("D*T_xx", "D*T_x"), ("cos(pi*x/L)", "cos(pi*x)"),
        ("D*T_xx", "D*T_xx*exp(t)"), ('10 "K"*cos', "10*cos"), ("T_x = 0", 'T_x = 5 "K"'),
        ("T_x = 0", "T_x = T"), ('t=60 "s"', "t=60"),
        ("T_x = 0", 'T_x = if(t < 5, 1 "K/m", 0)'), ("D*T_xx", "D*T_xx + abs(x)*1 \"K/s\""),
        ("D*T_xx", "D*T_xx + max(T, T_t)"), ("D*T_xx", "D*T_xx + sqrt(T)*1 \"K/s\""),
        ("D*T_xx", "D*T_xx + integral(T, Omega)"), ("D*T_xx", "D*T_xx*2^x"),
        ('x = 0.5 "m"', 'x = 0.5 "s"'),
        ("D*T_xx", "D*T_xx - T_t(x=0.1)"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told(old, new):
    text = heat()
    assert old in text
    assert codes(text.replace(old, new, 1)) == ["E309"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("T_x = 0", 'T_x = if(t < 5 "s", 1 "K/m", 0)'), ("D*T_xx", 'D*T_xx + abs(x)*1 "K/(m s)"'),
        ("D*T_xx", 'D*T_xx + max(T*1 "1/s", T_t)'), ("D*T_xx", 'D*T_xx + sqrt(T)*1 "K^(1/2)/s"'),
        ("D*T_xx", 'D*T_xx + integral(T, Omega)*1 "1/(m s)"'), ("D*T_xx", "D*T_xx*2^(x/L)"),
        ("D*T_xx", 'D*(T_xx - T_x(x=0.1 "m")/L)'), ("D*T_xx", "D*T_xx + sign(x - L)*T_t/5"),
    ],
)  # fmt: skip
def test_what_agrees_is_accepted(old, new):
    text = heat()
    assert old in text
    assert not [c for c in codes(text.replace(old, new, 1)) if c.startswith("E")]


def test_numbers_that_replace_others_are_in_their_unit():
    """``--set L=400`` for a length in mm is one of 400 mm."""
    problem = pdedsl.parse(heat(L='500 "mm"')).with_params(L=400)
    assert {p.symbol.name: p.value for p in problem.parameters}["L"] == pytest.approx(0.4)
    again = problem.with_params(L=300)
    assert {p.symbol.name: p.value for p in again.parameters}["L"] == pytest.approx(0.3)


def test_a_plain_number_beside_other_units_is_refused():
    """It may be meant in mm^2/s as well as in m^2/s."""
    with pytest.raises(UserError, match="E310") as found:
        pdedsl.parse(heat(D="2e3", x='[0, 500] "mm"'))
    assert [d.code for d in found.value.diagnostics] == ["E310"]


def test_points_and_times_of_other_units_are_refused_without_one():
    text = heat(x='[0, 500] "mm"') + "fit: T = T0  at x = {}\n"
    assert "E310" in codes(text.format("0.05"))
    assert "E403" in codes(text.format("50"))
    assert "E310" not in codes(text.format('50 "mm"'))


def test_sets_bounds_and_guesses_are_converted():
    text = """problem "disk"
param b in [1, 2] "1/min"
domain Omega: (x, y) in disk(center = (0, 0), radius = 20) "mm"
unknown u(x, y, b) "K", k > 0 < 5 guess 2 "kW/m^2"
eq: lap(u) = k*b*1 "K s/W"
bc: u = 0  on boundary
"""
    problem = pdedsl.parse(text)
    number = problem.numbers[0]
    assert (number.lower, number.upper, number.guess) == (0, 5000, 2000)
    assert (problem.ranges[0].lower, problem.ranges[0].upper) == (
        sp.Rational(1, 60), sp.Rational(1, 30),
    )  # fmt: skip
    disk = region_of(problem.domains[0].region, problem.number)
    assert disk.contains(np.array([[0.019, 0.0], [0.021, 0.0]])).tolist() == [True, False]


def test_columns_are_converted(tmp_path):
    (tmp_path / "p.csv").write_text("x,t,T\n100,1,300\n200,2,301\n")
    text = heat() + 'data p(x "mm", t "min", T "K") from "p.csv"\n'
    text += 'fit: T = p.T  on p  sigma = 0.1 "K"\n'
    (tmp_path / "h.pde").write_text(text)
    table = pdedsl.load(tmp_path / "h.pde").tables[0]
    assert list(table.columns["x"]) == pytest.approx([0.1, 0.2])
    assert list(table.columns["t"]) == pytest.approx([60, 120])
    (tmp_path / "h.pde").write_text(text.replace('sigma = 0.1 "K"', 'sigma = 0.1 "m"'))
    with pytest.raises(UserError, match="E309"):
        pdedsl.load(tmp_path / "h.pde")


def test_results_bear_units(tmp_path):
    xarray = pytest.importorskip("xarray")
    solution = pdedsl.solve(pdedsl.parse(heat()), budget=20)
    solution.export(tmp_path / "h.nc")
    with xarray.open_dataset(tmp_path / "h.nc") as found:
        assert [found[n].attrs["units"] for n in ("x", "t", "T")] == ["m", "s", "K"]
    assert solution.to_xarray(5).x.attrs["units"] == "m"
    panels = solution.plot()["snapshots_T"].axes
    assert any(p.get_xlabel() == "$x$ [m]" for p in panels)
    assert any(p.get_ylabel() == "$T$ [K]" for p in panels)
    assert solution.summary()["units"]["late"] == "K"
    assert dict(facts(solution))["output late"].endswith(" K")
    assert output_rows(solution.summary()["outputs"], {"late": "K"})[0][1].split()[1] == "K"


def test_a_number_in_brackets_is_found_where_it_stands():
    """sympy makes x/100 - 4 of (x - 400)/100, and nobody wrote 4."""
    text = heat().replace("cos(pi*x/L)", 'cos((x - 400)/100 "m")')
    _, report, _ = pdedsl.check(text)
    (found,) = report.errors
    assert found.mend == 'write 400 "m"' and text[found.span.start : found.span.end] == "400"
