"""The operators of whole problems as text."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pdedsl
from pdedsl.calculus.printing.stages import STAGES, stage_text
from pdedsl.calculus.printing.stages_latex import LONGEST, stage_latex, summary_latex
from pdedsl.ir import Interior
from tests import small
from tests.conftest import ROOT

SPECS = sorted((ROOT / "specs").glob("*.pde"))


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_every_spec_names_its_laws(path):
    problem = pdedsl.load(path)
    for stage in STAGES:
        text = stage_text(problem, stage)
        heads = [line for line in text.split("\n") if line and not line.startswith(" ")]
        names = [name for head in heads for name in head.split(", ")]
        assert {law.label for law in problem.laws} <= set(names)
        assert stage_latex(problem, stage).count(r"\begin{aligned}") == 1
    summary = summary_latex(problem)
    places = {law.place for law in problem.laws if law.kind == "eq"}
    expected = [p for p in places if isinstance(p, Interior)]
    assert summary.count(r"\text{in }") + summary.count("all times") == len(expected)
    assert max(map(len, summary.splitlines()), default=0) < LONGEST + 120


def test_heat():
    problem = pdedsl.parse(small.HEAT)
    assert stage_text(problem, "adjoint") == (
        "eq, in Omega\n  L u = -u_xx + u_t\n  L* w = -w_xx - w_t\n\n"
        "ic, at t = 0\n  B u = u\n\nbc, on x = 0, x = 1\n  B u = u\n"
    )
    assert stage_text(problem, "dstard").startswith("eq, in Omega\n  L*L u = u_xxxx - u_tt\n\n")
    assert stage_text(problem, "symbol").startswith(
        "eq, in Omega\n  symbol = I*xi[t] + xi[x]^2\n  principal = xi[x]^2\n"
        "  squared = xi[t]^2 + xi[x]^4\n\nic, at t = 0\n  symbol = 1\n\n"
    )
    assert stage_latex(problem, "symbol").splitlines()[1:4] == [
        r"\sigma(\xi) &= i \xi_{t} + \xi_{x}^{2} && \text{in } \Omega \\",
        r"\sigma_{\mathrm{principal}}(\xi) &= \xi_{x}^{2} \\",
        r"|\sigma|^{2} &= \xi_{t}^{2} + \xi_{x}^{4} \\",
    ]


def test_flow():
    problem = pdedsl.parse(small.FLOW)
    text = stage_text(problem, "adjoint")
    assert "  L* (w[1], w[2], w[3]) =\n" in text
    assert "    p: -d(w[1], x) - d(w[2], y)\n" in text
    assert "gauge, at all times\n  no operator: it integrates p over Omega" in text
    assert r"\text{gauge: no operator} && \text{at all times}" in stage_latex(problem, "symbol")


def test_nonlinear_laws_show_their_derivative():
    problem = pdedsl.load(ROOT / "specs" / "burgers.pde")
    assert stage_text(problem, "adjoint").startswith(
        "eq, in Omega, not linear: its derivative at u, with du for the change of u\n"
        "  L du = -nu*du_xx + u*du_x + du_t + u_x*du\n"
        "  L* w = -nu*w_xx - u*w_x - w_t\n"
    )


def test_parameters_are_symbols_unless_given():
    problem = pdedsl.load(ROOT / "specs" / "helmholtz.pde")
    assert "L u = u_xx + u_yy + k^2*u\n" in stage_text(problem, "adjoint")
    assert "L u = u_xx + u_yy + 9*u\n" in stage_text(problem.with_params(k=3), "adjoint")


def test_jumps_are_told():
    text = small.UNKNOWN_SOLUTION.replace("lap(u)", "div(if(x > 0.5, 1, 2)*grad(u))")
    problem = pdedsl.parse(text)
    for stage in ("adjoint", "dstard"):
        assert "on either side of it alone)\n" in stage_text(problem, stage)
    assert "either side" not in stage_text(pdedsl.parse(small.PLANE), "dstard")


def test_what_is_too_large_is_told():
    factors = "*".join(f"sin({k}*x + exp({k}*y))" for k in range(1, 12))
    text = small.UNKNOWN_SOLUTION.replace("lap(u)", f"{factors}*d(u, x, 4)")
    problem = pdedsl.parse(text)
    assert "too large to be written out" in stage_text(problem, "dstard")
    assert "too large to be written out" in stage_latex(problem, "dstard")
    assert r"\sigma(\xi)" in summary_latex(problem)


def test_the_same_text_in_every_process():
    code = (
        "import pdedsl; from pdedsl.calculus.printing.stages import *\n"
        "p = pdedsl.load('specs/kovasznay.pde'); print(*(stage_text(p, s) for s in STAGES))"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert texts[0] == texts[1]
    assert len(texts[0]) > 1000


def test_nothing_heavy_is_imported():
    code = (
        "import sys, pdedsl.calculus.printing.stages, pdedsl.calculus.printing.stages_latex\n"
        "print([m for m in ('torch', 'scipy', 'matplotlib', 'pydantic') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_what_is_too_long_for_the_summary_is_named():
    summary = summary_latex(pdedsl.load(SPECS[0].parent / "kovasznay.pde"))
    *_, first, second, where = summary.splitlines()
    assert first.startswith("% left out: an equation of stage dstard for momentum, mass: ")
    assert first.endswith(" characters, where 1,000 are the most")
    assert second.startswith("% left out: an equation of stage symbol for momentum, mass: ")
    assert where == ("% pdedsl show --latex with --stage adjoint, dstard or symbol prints all")
    assert "%" not in summary_latex(pdedsl.parse(small.HEAT))


def test_operators_too_large_for_the_summary_are_named():
    factor = " + ".join(f"{k}*sin({k}*x)" for k in range(1, 60))
    problem = pdedsl.parse(f"domain O: x in [0, 1]\nunknown u(x)\neq: ({factor})*u_xx = 1\n")
    first, where = summary_latex(problem).splitlines()
    assert first.startswith("% left out: the operators for eq: coefficients of ")
    assert where.startswith("% pdedsl show --latex")
