"""L120: numbers that can be scaled without changing any law."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pdedsl

ROD = """domain O: x in [0, 1]
unknown T(x){fields}
unknown {numbers}
data probe(x, value) from "probe.csv"
eq: {law}
bc: T = 0  on boundary
fit: T = probe.value  on probe
"""


def lints(folder: Path, law: str, numbers: str, fields: str = "") -> list[str]:
    x = np.linspace(0, 1, 12)
    rows = "\n".join(f"{a},{a * (1 - a)}" for a in x.tolist())
    (folder / "probe.csv").write_text(f"x,value\n{rows}\n", encoding="utf-8")
    text = ROD.format(law=law, numbers=numbers, fields=fields)
    path = folder / "rod.pde"
    path.write_text(text, encoding="utf-8")
    return [f.message for f in pdedsl.load(path).lints if f.code == "L120"]


@pytest.mark.parametrize(("law", "numbers", "words"), [
    ("-k*T_xx = q", "k guess 1, q guess 1", "k and q times any factor"),
    ("-a*b*T_xx = 1", "a guess 1, b guess 1", "a divided by s and b times s"),
    ("-T_xx + a*T/b = 1", "a guess 1, b guess 1", "a and b times any factor"),
    ("a*T_xx + b*T_x + c*T = 0", "a guess 1, b guess 1, c guess 1", "a, b and c times any factor"),
    ("-d(k*T_x, x) = q*exp(-x)", "k guess 1, q guess 1", "k and q times any factor"),
    ("-sqrt(a)*T_xx = b", "a > 0 guess 1, b guess 1", "a times s^(2) and b times s"),
    ("-T_xx = sin(a*b*x)", "a guess 1, b guess 1", "a divided by s and b times s"),
], ids=["quotient", "product", "in a term", "all", "flux", "root", "in a sine"])  # fmt: skip
def test_numbers_that_scale_are_told(tmp_path: Path, law: str, numbers: str, words: str) -> None:
    (message,) = lints(tmp_path, law, numbers)
    assert words in message


def test_a_field_that_nothing_measures_scales_along(tmp_path: Path) -> None:
    (message,) = lints(tmp_path, "-k*T_xx = f", "k guess 1", ", f(x)")
    assert "k and f times any factor" in message


@pytest.mark.parametrize(("law", "numbers"), [
    ("-k*T_xx = 2", "k guess 1"),
    ("-k*T_xx + T = q", "k guess 1, q guess 1"),
    ("-T_xx + a*T = b", "a guess 1, b guess 1"),
    ("-T_xx = exp(a*x) + b", "a guess 1, b guess 1"),
    ("-a*T_xx + b*T^2 = T", "a guess 1, b guess 1"),
])  # fmt: skip
def test_numbers_that_are_fixed_are_not(tmp_path: Path, law: str, numbers: str) -> None:
    assert lints(tmp_path, law, numbers) == []


def test_an_oscillator_of_three_numbers_is_told_in_its_solution(tmp_path: Path) -> None:
    t = np.linspace(0, 10, 60)
    root = np.sqrt(4 - 0.125**2)
    y = np.exp(-0.125 * t) * (np.cos(root * t) + 0.125 / root * np.sin(root * t))
    rows = "\n".join(f"{a},{b}" for a, b in zip(t.tolist(), y.tolist(), strict=True))
    (tmp_path / "probe.csv").write_text(f"t,value\n{rows}\n", encoding="utf-8")
    text = """time t in [0, 10]
unknown y(t)
unknown m > 0 guess 1, c > 0 guess 1, k > 0 guess 1
data probe(t, value) from "probe.csv"
eq: m*y_tt + c*y_t + k*y = 0
ic: y = 1, y_t = 0  at t = 0
fit: y = probe.value  on probe
"""
    (tmp_path / "spring.pde").write_text(text, encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "spring.pde", budget=20)
    assert solution.status == "not unique"
    assert solution.failure is not None and "m, c and k times any factor" in solution.failure
