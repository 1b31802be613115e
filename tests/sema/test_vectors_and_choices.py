"""Vectors of parameters, repeated sets, and choices by conditions."""

from __future__ import annotations

import numpy as np
import pytest
from checking import PLANE, POISSON, codes, problem_of

from pdedsl import parse
from pdedsl.diagnostics import Source
from pdedsl.geometry import domain_region
from pdedsl.ir import evaluate
from pdedsl.syntax import format_source, read

ODE = "time t in [0, 1]\nunknown u(t)\n{}\neq: u_t = f\nic: u = 0 at t = 0\n"


def source_of(let: str, t: float) -> float:
    problem = parse(ODE.format(let))
    right = problem.law("eq").equations[0][1]
    return float(evaluate(right, {problem.inputs[0]: t}))


@pytest.mark.parametrize(("t", "value"), [(0.1, 1.0), (0.5, 2.0), (0.6, 2.0), (0.9, 3.0)])
def test_choices_go_from_left_to_right(t: float, value: float) -> None:
    let = "let f = 1 if t < 0.5 else 2 if t < 0.7 else 3"
    assert source_of(let, t) == value
    assert source_of("let f = if(t < 0.5, 1, if(t < 0.7, 2, 3))", t) == value


def test_a_choice_binds_less_tightly_than_all_operators() -> None:
    assert source_of("let f = 1 + 1 if t < 0.5 or t > 0.8 else 2*t - 1", 0.2) == 2.0
    assert source_of("let f = (1 if t < 0.5 else 3)^2", 0.7) == 9.0


@pytest.mark.parametrize(
    "text",
    [
        "let a = 1 if x < 0.5 else 2 if x < 0.7 else 3\n",
        "let a = (1 if x < 0.5 else 2) if x < 0.7 else 3\n",
        "let a = -(1 if x < 0.5 else 2)^2, b = f(1 if x > 0 else 2, 3)\n",
        "let a = (1, 0) if (x if x > 0 else 1) > y else (0, 1)\n",
        "region H = union(disk(center = c[i], radius = r) for i in 1..17)\n",
    ],
)
def test_the_formatter_keeps_them(text: str) -> None:
    assert format_source(Source("t", text)) == text


def test_lines_go_on_at_if_and_else() -> None:
    text = "let a = 1\n  if x < 0.5\n  else 2\n"
    assert format_source(Source("t", text)) == "let a = 1 if x < 0.5 else 2\n"


def test_if_and_else_are_no_keywords() -> None:
    assert not read(Source("t", "param else = 1\neq else: if(x > 0, 1, else) = else\n")).report
    assert not read(Source("t", "let a = if(x > 0, 1, 2)\neq if: u = 0\n")).report


def test_components_of_parameters_are_parameters() -> None:
    text = "param c = (0.5, 2), m = ((1, 0), (c[1], c[2]))\n" + PLANE
    text += "eq: div(dot(m, grad(u))) = c[2]*x\nbc: u = c[1] on boundary\n"
    problem = problem_of(text)
    assert {p.symbol.name: p.value for p in problem.parameters} == {
        "c[1]": 0.5, "c[2]": 2.0, "m[1,1]": 1.0, "m[1,2]": 0.0, "m[2,1]": 0.5, "m[2,2]": 2.0,
    }  # fmt: skip
    other = problem.with_params(**{"c[2]": 3.0})
    assert [p.value for p in other.parameters if p.symbol.name in ("c[2]", "m[2,2]")] == [3.0, 3.0]
    assert codes(text, **{"c[3]": 1.0}) == ["E803"]


def test_repeated_sets_are_those_written_out() -> None:
    head = "param c = ((0.3, 0.3), (0.7, 0.4), (0.4, 0.75)), r = (0.1, 0.15, 0.05)\n"
    head += "domain Omega: (x, y) in [0, 1]^2 minus {}\nunknown u(x, y)\n" + POISSON
    disks = [f"disk(center = c[{i}], radius = r[{i}])" for i in (1, 2, 3)]
    short = problem_of(head.format("union(disk(center = c[i], radius = r[i]) for i in 1..3)"))
    long = problem_of(head.format(f"({' union '.join(disks)})"))
    assert short.domains[0].region == long.domains[0].region
    region = domain_region(short, short.domains[0])
    inside = region.contains(np.array([[0.3, 0.3], [0.7, 0.5], [0.05, 0.05], [0.4, 0.72]]))
    assert inside.tolist() == [False, False, True, False]
