"""L110: exact solutions put into every kind of law."""

from __future__ import annotations

from pathlib import Path

import pytest
from checking import LINE, PLANE, SPECS, check, codes, problem_of, report

from pdedsl.sema.lints.exact import misfits

HEAT = LINE + "eq: u_t = u_xx\nic: u = sin(pi*x) at t = 0\nbc: u = 0 on boundary\n"


def test_heat() -> None:
    assert check(HEAT + "exact u = exp(-pi^2*t)*sin(pi*x)") == []
    found = check(HEAT + "exact u = exp(-t)*sin(pi*x)")
    assert [c for c, _ in found] == ["L110"]
    assert found[0][1].startswith("exact does not satisfy eq: its residual is ")


def test_remainder_is_shown() -> None:
    _, found = report(HEAT + "exact u = exp(-t)*sin(pi*x)")
    assert found[0].notes[1].message == "what remains is (-1 + pi^2)*exp(-t)*sin(pi*x)"


@pytest.mark.parametrize(
    ("exact", "labels"),
    [
        ("exp(-pi^2*t)*sin(pi*x) + t*(1 - x)*x", ["eq"]),
        ("exp(-pi^2*t)*sin(pi*x) + exp(-9*pi^2*t)*sin(3*pi*x)", ["ic"]),
        ("exp(-pi^2*t)*sin(pi*x) + x^3 + 6*t*x", ["ic", "bc"]),
    ],
)
def test_the_law_is_named(exact: str, labels: list[str]) -> None:
    found = [m for c, m in check(HEAT + f"exact u = {exact}") if c == "L110"]
    assert [m.split(" ")[4].strip(":,") for m in found] == labels


@pytest.mark.parametrize(
    "file", sorted(f for f in SPECS.glob("*.pde") if "exact u =" in f.read_text())
)
def test_a_perturbed_exact_is_noticed(file: Path) -> None:
    text = file.read_text().replace("exact u = ", "exact u = 1.000001*")
    if "unknown  u(x, y) in R^2" not in text:
        assert "L110" in codes(text)


def test_component_and_point_are_named() -> None:
    text = (SPECS / "kovasznay.pde").read_text()
    text = text.replace(
        "exact v = vs, p = (1 - exp(2*s*x))/2", "exact v = vs, p = y + (1 - exp(2*s*x))/2"
    )
    messages = [m for c, m in check(text) if c == "L110"]
    assert messages[0].startswith(
        "exact does not satisfy momentum, component 2, its residual is 1 at x = "
    )


@pytest.mark.parametrize(
    ("law", "good"),
    [
        ("dn(u) = 2*x*n[1] - 2*y*n[2] on boundary", True),
        ("dn(u) = 2*x*n[1] + 2*y*n[2] on boundary", False),
        ("u = x^2 - y^2 at x = 0.5", True),
        ("u = x^2 at x = 0.5", False),
        ("u(x=0) = u(x=1) - 1", True),
        ("u(x=0) = u(x=1)", False),
        ("u_x(x=1) = 2", True),
        ("u_x(x=1) = 3", False),
        ("integral(u^2, Omega) = 1/5 + 1/5 - 2/9", True),
        ("integral(u^2, Omega) = 1/5", False),
        ("integral(u, Omega) = 0", True),
    ],
)
def test_places(law: str, good: bool) -> None:
    text = (
        PLANE
        + f"eq: lap(u) = 0\nbc: u = x^2 - y^2 on boundary\neq extra: {law}\nexact u = x^2 - y^2"
    )
    flagged = [m for c, m in check(text) if c == "L110"]
    assert bool(flagged) is not good, flagged
    assert all("extra" in m for m in flagged)


def test_periodicity() -> None:
    text = (
        LINE
        + "eq: u_t = u_xx - u\nic: u = {0} at t = 0\nbc: u periodic in x\nexact u = {0}*exp(-t)"
    )
    assert "L110" not in codes(text.format("1"))
    messages = [m for c, m in check(text.format("abs(x - 0.5)")) if c == "L110"]
    assert any("the slope of u differs by 1.9" in m for m in messages)


def test_periodicity_in_time() -> None:
    text = LINE + "eq: u_t + u_x = {0}\nbc: u = {1} on x = 0\nbc: u periodic in t\nexact u = {1}"
    assert codes(text.format("0", "sin(2*pi*(x - t))")) == []
    found = check(text.format("x + t", "x*t"))
    assert found == [
        ("L110", "exact is not periodic in t: the value of u differs by 0.964 between the ends")
    ]


def test_partial_exact_is_passed_over() -> None:
    text = (SPECS / "kovasznay.pde").read_text()
    text = text.replace("exact v = vs, p = (1 - exp(2*s*x))/2", "exact v = vs")
    assert codes(text) == []


def test_curved_boundary() -> None:
    text = (
        "region D = disk(center = (0, 0), radius = 2)\ndomain Omega: (x, y) in D\n"
        "unknown u(x, y)\neq: lap(u) = 4\nbc: u + dn(u) = {} on boundary\nexact u = x^2 + y^2"
    )
    assert codes(text.format(8)) == []
    assert codes(text.format(7)) == ["L110"]


def test_noise_is_no_mistake() -> None:
    problem = problem_of((SPECS / "heat_inverse.pde").read_text())
    (misfit,) = misfits(problem)
    assert misfit.label == "fit"
    assert 0.008 < misfit.rms < 0.012 < 0.1 < misfit.data


def test_a_wrong_fit_is_noticed() -> None:
    text = (
        (SPECS / "heat_inverse.pde").read_text().replace("sin(pi*x), kappa", "sin(pi*x)*2, kappa")
    )
    assert any("misses the data of fit" in m for c, m in check(text) if c == "L110")


def test_large_exact_is_passed_over() -> None:
    product = "*".join(f"sin({i}*x*y)" for i in range(1, 60))
    text = (
        PLANE
        + f"let a = {product}\neq: lap(lap(u)) = 1\nbc: u = 0, dn(u) = 0 on boundary\nexact u = a"
    )
    assert "L101" not in codes(text)
