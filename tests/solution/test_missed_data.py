"""Fits that miss their data by more than noise, and sums with fewer rows than functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pdedsl
from pdedsl.compiler.lowering.held_rows import fitted_rows

FIT = """domain O: x in [0, 1]
unknown u(x)
data m(x, value) from "m.csv"
eq: u_xx = 0
fit: u = m.value on m
"""


def solve(modes: int, text: str, **points: int) -> pdedsl.Solution:
    method = pdedsl.Method(
        model={"kind": "basis", "modes": (modes,)},
        optimizer={"kind": "lstsq"},
        weights={"eq": 1e4} if "fit" in text else {},
        sampling={"points": points} if points else {},
    )
    return pdedsl.solve(pdedsl.parse(text), method)


def write(values: np.ndarray, places: np.ndarray) -> None:
    rows = [f"{x:.17g},{v:.17g}" for x, v in zip(places, values, strict=True)]
    Path("m.csv").write_text("\n".join(["x,value", *rows]) + "\n")


@pytest.mark.parametrize(
    ("rows", "bend", "noise", "missed"),
    [
        (40, 0.0, 0.0, False),
        (40, 0.0, 0.1, False),
        (200, 0.0, 0.1, False),
        (40, 1.0, 0.0, True),
        (40, 0.2, 0.0, True),
        (200, 1.0, 0.02, True),
        (8, 0.0, 0.1, False),
        (8, 1.0, 0.0, True),
    ],
)
def test_noise_is_no_miss_and_a_bend_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, bend: float, noise: float,
    missed: bool,
) -> None:  # fmt: skip
    """A straight line through data that are straight, or are not."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    x = np.sort(rng.random(rows))
    straight = 0.0 if bend == 1.0 else x
    write(straight + bend * np.sin(np.pi * x) + noise * rng.normal(size=rows), x)
    solution = solve(3, FIT)
    assert (solution.status == "data missed") == missed, solution.failure
    if missed:
        fitted = len(fitted_rows(rows, rows, 0))
        assert f"fit misses its {fitted} data by" in solution.failure


def test_fewer_rows_than_functions_are_no_solution() -> None:
    """Twelve points of 31 polynomials: all laws hold there, and nowhere else."""
    text = "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = exp(3*x)\nbc: u = x on boundary\n"
    solution = solve(30, text, eq=12)
    assert solution.outcome.loss < 1e-12
    assert solution.status == "unresolved"
    assert "14 rows for 31 functions" in solution.failure
    assert solve(30, text, eq=80).usable


def test_windows_of_time_have_rows_of_their_own() -> None:
    """Each window is trained by itself; the rows of the whole are for what is reported."""
    text = "time t in [0, 4]\nunknown u(t)\neq: d(u, t) = -u\nic: u = 1 at t = 0\n"
    method = pdedsl.Method(
        model={"kind": "windows", "count": 8, "pieces": [{"kind": "basis", "modes": (9,)}]},
        optimizer={"kind": "lstsq"},
        sampling={"points": {"eq": 60}},
    )
    solution = pdedsl.solve(pdedsl.parse(text), method)
    assert solution.system.rows < solution.system.parameters
    assert solution.usable, solution.failure
    assert float(solution(t=4.0)) == pytest.approx(np.exp(-4.0), rel=1e-6)


@pytest.mark.parametrize(("wrong", "true", "rows"), [(20, 23, 60), (41, 37, 50)])
def test_a_wave_that_is_faster_than_its_data_is_no_noise(
    tmp_path: Path, wrong: float, true: float, rows: int
) -> None:
    """Beside a fit that holds, data that a wrong law misses look white, but are not explained."""
    draw = np.random.default_rng(rows)
    t = np.sort(draw.uniform(0.02, 2.98, rows))
    p, q = 2 * np.exp(-1.3 * t), np.cos(true * t)
    table = np.stack([t, *(own + 0.01 * draw.standard_normal(rows) for own in (p, q))], axis=1)
    np.savetxt(tmp_path / "probe.csv", table, "%.17g", ",", header="t,p,q", comments="")
    (tmp_path / "two.pde").write_text(
        f"""time t in [0, 3]
unknown p(t), q(t)
unknown a > 0 guess 1
data probe(t, p, q) from "probe.csv"
eq: p_t = -a*p,  q_tt = -{wrong}^2*q
ic: p = 2, q = 1, q_t = 0  at t = 0
fit one: p = probe.p  on probe
fit two: q = probe.q  on probe
""",
        encoding="utf-8",
    )
    solution = pdedsl.solve(tmp_path / "two.pde", budget=15)
    assert not solution.usable
    assert solution.status == "data missed"
