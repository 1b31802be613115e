"""Two domains with a curve or a surface between them: exact solutions on both sides."""

from __future__ import annotations

from math import comb

import pytest

import pdedsl
from pdedsl.models.bases import BasisOptions
from pdedsl.models.bases.polar_columns import PolarColumns, PolarTerm
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling
from tests.conftest import ROOT

DISK = "disk(center = (0, 0), radius = {s}*0.4)"
INCLUSION = f"""param k1 = 10, k2 = 1, s = 1
domain A: (x, y) in {DISK.format(s="s")}
domain B: (x, y) in [-s, s]^2 minus {DISK.format(s="s")}
interface Gamma = {{pair}}
unknown u1(x, y) in A, u2(x, y) in B
let c = (k1 - k2)/(k1 + k2)
let far = x - c*(s*0.4)^2*x/(x^2 + y^2)
eq inside: -div(k1*grad(u1)) = 0  in A
eq outside: -div(k2*grad(u2)) = 0  in B
bc outer: u2 = far  on boundary(B) minus Gamma
bc value: u1 = u2  on Gamma
bc flux: k1*dn(u1) = k2*dn(u2)  on Gamma
exact u1 = 2*k2/(k1 + k2)*x, u2 = far
"""
JUMPS = """domain A: {inputs} in {first}
domain B: {inputs} in {second}
interface Gamma = A intersect B
unknown u in A, v in B
let a = exp(x)*sin(2*y)
let b = cos(x + y)*x
let k = 2 + x*y
eq inside: -div(k*grad(u)) + u = -div(k*grad(a)) + a  in A
eq outside: -lap(v) = -lap(b)  in B
bc outer: v = b  on boundary(B) minus Gamma
bc value: u - v = a - b  on Gamma
bc flux: k*dn(u) - dn(v) = k*dn(a) - dn(b)  on Gamma
{more}
exact u = a, v = b
"""


def solved(
    text: str,
    degree: int,
    columns: tuple[PolarColumns, ...] = (),
    size: float = 1.0,
    **domain_modes: int,
) -> pdedsl.Solution:
    """By least squares, with the weights of laws on sets of some size."""
    problem = pdedsl.parse(text)
    inputs = len(problem.inputs)
    points = {"eq": 2 * comb(degree + inputs, inputs), "bc": 4 * (degree + 1) ** (inputs - 1)}
    method = Method(
        model=BasisOptions(modes=degree, index="total", domain_modes=domain_modes, columns=columns),
        optimizer=LstsqOptions(),
        weights={"eq": size**4, "bc": 1600, "flux": 1600 * size**2},
        sampling=Sampling(kind="gauss", points=points),
    )
    return pdedsl.solve(problem, method, budget=90)


def worst(solution: pdedsl.Solution) -> float:
    return max(found["rel_l2"] for found in solution.errors.values())


@pytest.mark.parametrize(
    ("pair", "inside", "size"),
    [
        ("A intersect B", 10, 1.0),
        ("B intersect A", 1000, 1.0),
        ("A intersect B", 0.001, 1.0),
        ("B intersect A", 10, 1e3),
    ],
)
def test_an_inclusion_in_a_uniform_field(pair: str, inside: float, size: float) -> None:
    text = INCLUSION.format(pair=pair).replace("k1 = 10", f"k1 = {inside!r}")
    text = text.replace("s = 1", f"s = {size!r}")
    terms = tuple(PolarTerm(power=-1, wave=1, part=part) for part in ("cos", "sin"))
    around = PolarColumns(centre=(0.0, 0.0), scale=0.4 * size, terms=terms, domain="B")
    assert worst(solved(text, 10, (around,), size, A=6)) < 1e-11


def test_auto_finds_degrees_and_functions_of_both_sides() -> None:
    solution = pdedsl.solve(pdedsl.load(ROOT / "specs" / "inclusion.pde"), budget=90)
    assert solution.status == "converged"
    assert worst(solution) < 1e-12


@pytest.mark.parametrize(
    ("inputs", "first", "second", "more"),
    [
        ("(x, y)", "disk(center = (0.1, 0), radius = 0.4)",
         "[-1, 1]^2 minus disk(center = (0.1, 0), radius = 0.4)", ""),
        ("(x, y)", "[-1, 0] * [-1, 1]", "[0, 1] * [-1, 1] minus disk(center = (1, 1), radius = 1)",
         "bc left: u = a  on boundary(A) minus Gamma"),
        ("(x, y)", "polygon((-1, -1), (1, -1), (-1, 1))", "polygon((1, -1), (1, 1), (-1, 1))",
         "bc left: u = a  on boundary(A) minus Gamma"),
    ],
)  # fmt: skip
def test_given_jumps(inputs: str, first: str, second: str, more: str) -> None:
    text = JUMPS.format(inputs=inputs, first=first, second=second, more=more)
    assert worst(solved(text, 18)) < 1e-9


def test_a_ball_in_a_box() -> None:
    ball = "ball(center = (0, 0, 0), radius = 0.5)"
    text = JUMPS.format(inputs="(x, y, z)", first=ball, second=f"[-1, 1]^3 minus {ball}", more="")
    assert worst(solved(text, 9, A=7)) < 1e-4
