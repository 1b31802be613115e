"""What is not unique, with data that fit and with data that contradict each other as well."""

from __future__ import annotations

import pytest

import pdedsl

DISK = "domain O: (x, y) in disk(center = (0, 0), radius = 2)\nunknown u(x, y)\n"
CORNER = (
    "domain O: (x, y) in polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))\n"
    "unknown u(x, y)\n"
)
RING = (
    "region H = disk(center = (0, 0), radius = 0.5)\n"
    "domain O: (x, y) in disk(center = (0, 0), radius = 1) minus H\nunknown u(x, y)\n"
)
BALL = "domain O: (x, y, z) in ball(center = (0, 0, 0), radius = 1)\nunknown u(x, y, z)\n"
SHELL = BALL.replace("radius = 1)", "radius = 1) minus ball(center = (0.2, 0, 0), radius = 0.5)")
INSULATED = "bc: dn(u) = 0 on boundary\n"
GAUGE = "eq gauge: integral(u, O) = 0\n"


def lint(text: str) -> pdedsl.diagnostics.Diagnostic | None:
    _, found, _ = pdedsl.check(text)
    return next((own for own in found.lints if own.code == "L113"), None)


@pytest.mark.parametrize(
    ("laws", "side"),
    [
        (f"{DISK}eq: -div((3 + x)*grad(u)) = 1\n{INSULATED}", "-div((3 + x)*grad(u))"),
        (f"{CORNER}eq: -div((2 + x)*grad(u)) = 1\n{INSULATED}", "-div((2 + x)*grad(u))"),
        (f"{RING}eq: div(exp(x)*grad(u)) = 2\nbc: exp(x)*dn(u) = 0.1 on boundary\n",
         "div(exp(x)*grad(u))"),
        (f"{BALL}eq: -lap(u) = 1\n{INSULATED}", "-lap(u)"),
        (f"{SHELL}eq: -div((2 + z)*grad(u)) = 1 + x\nbc: dn(u) = 0.1 on boundary\n",
         "-div((2 + z)*grad(u))"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("gauge", ["", GAUGE])
def test_sources_that_no_flux_matches_on_shapes_and_the_mend(
    laws: str, side: str, gauge: str
) -> None:
    found = lint(laws + gauge)
    assert found is not None
    mend = (found.mend or "").removeprefix("write ").partition(" more")[0]
    assert lint(laws.replace(f"eq: {side}", f"eq: {side} {mend}") + gauge) is None


@pytest.mark.parametrize(
    "laws",
    [
        f"{CORNER}eq: -div((2 + x)*grad(u)) = x + 1/6\n{INSULATED}",
        f"{DISK}eq: -div((3 + x)*grad(u)) + u = 1\n{INSULATED}",
        f"{DISK}eq: -div((3 + x)*grad(u)) = 1\nbc: dn(u) + u = 0 on boundary\n",
        f"{DISK}eq: -(3 + x)*lap(u) = 1\n{INSULATED}",
        f"{BALL}eq: -lap(u) = x\n{INSULATED}",
        f"{BALL}eq: -lap(u) = 3\nbc: dn(u) = -1 on boundary\n",
    ],
)
def test_what_may_balance_has_no_lint(laws: str) -> None:
    assert lint(laws) is None


@pytest.mark.parametrize(("source", "told"), [("1", True), ("x + 1/6", False)])
def test_a_contradiction_that_is_not_proved_is_told_beside_what_is_free(
    source: str, told: bool
) -> None:
    """The same number may be added to both fields, which the sum of the sources has to balance."""
    text = (
        CORNER.replace("u(x, y)", "u(x, y), w(x, y)")
        + f"eq: -lap(u) + u - w = {source}, -lap(w) + w - u = {source}\n"
        + "bc: dn(u) = 0, dn(w) = 0 on boundary\n"
    )
    model = {"kind": "basis", "modes": 8, "index": "total"}
    method = {"model": model, "optimizer": {"kind": "lstsq"}}
    made = pdedsl.Method.model_validate(method)
    solution = pdedsl.solve(pdedsl.parse(text), method=made, budget=3)
    assert solution.status == "not unique"
    assert ("may not fit each other" in (solution.failure or "")) is told
