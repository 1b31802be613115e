"""A solution of equations at points is not called one where they say nothing of a flux."""

from __future__ import annotations

import pytest

import pdedsl

SLAB = "domain O: x in [0, 1]\nunknown u(x)\nlet a = {a}\neq: {eq}\nbc: u = 0  on boundary\n"
PLANE = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
let a = {a}
eq: {eq}
bc: u = 0  on boundary
"""
DIVERGENCE = "-div(a*grad(u)) = 1"
BASIS = {"model": {"kind": "basis", "modes": 4}, "optimizer": {"kind": "lstsq"}}


def solve(text: str, **changes: object) -> pdedsl.Solution:
    method = {**BASIS, **changes}
    return pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))


@pytest.mark.parametrize(
    ("text", "a", "switch"),
    [
        (SLAB, "if(x < 0.4, 1, 10)", "x < 0.4"),
        (PLANE, "if(y > x, 1, 10)", "x < y"),
        (PLANE, "if(x^2 + y^2 < 1/4, 1, 10)", "x^2 + y^2 < 1/4"),
        (PLANE, "1 + if(x < 0.4, 1, 10)*sin(pi*y)", "x < 0.4"),
        # The switch lies where it is looked for, and belongs to one side or the other.
        (SLAB, "if(x < 0.5, 1, 10)", "x < 1/2"),
        (SLAB, "if(x <= 0.25, 2, 1)", "x <= 1/4"),
        (SLAB, "if(x >= 0.75, 2, 1)", "x >= 3/4"),
        (PLANE, "if(y > 0.5, 1, 10)", "y > 1/2"),
    ],
)
def test_a_flux_that_jumps_is_not_seen_at_points(text: str, a: str, switch: str) -> None:
    failure = solve(text.format(a=a, eq=DIVERGENCE)).failure
    assert failure is not None
    assert f"jumps where {switch} changes" in failure
    assert "--with form.kind=weak" in failure


@pytest.mark.parametrize(
    ("a", "eq"),
    [
        ("if(x < 0.4, x, 0.4) + 1", DIVERGENCE),  # a kink alone
        ("if(x^2 + y^2 < 1/4, x^2 + y^2, 1/4) + 1", DIVERGENCE),
        ("if(x < 1.4, 1, 10)", DIVERGENCE),  # outside
        ("if(x < 0.4, 1, 10)", "-lap(u) = a"),  # in a source
        ("if(x < 0.4, 1, 2)", "-d(u_x, x) - d(a*u_y, y) = 1"),  # along the jump
        ("1 + max(x, y)", DIVERGENCE),
    ],
)
def test_other_cases_lose_nothing(a: str, eq: str) -> None:
    failure = solve(PLANE.format(a=a, eq=eq)).failure
    assert failure is None or "jumps" not in failure


def test_a_source_that_jumps_beside_a_cut_at_the_jump_of_the_flux() -> None:
    text = SLAB.format(a="if(x < 0.4, 1, 10)", eq="-d(a*u_x, x) = if(x < 0.3, 1, 2)")
    cut = {"split": {"x": [0.4]}, "coupling": "flux"}
    assert "of the flux" not in (solve(text, domain=cut).failure or "")


def test_smooth_functions_come_nearer_to_a_kink_in_the_weak_form() -> None:
    """By hand: a u' = q - x with q from u(1) = 0. In L² they went away from it, to u' = 0 there."""
    q = (0.08 + (1 - 0.16) / 20) / (0.4 + 0.06)
    text = SLAB.format(a="if(x < 0.4, 1, 10)", eq=DIVERGENCE)
    gaps = []
    for modes in (10, 20, 40):
        model = {"kind": "basis", "modes": modes}
        solution = solve(text, model=model, form={"kind": "weak"})
        assert "of the flux" not in (solution.failure or "")
        gaps.append(abs(float(solution(x=0.4)) / (0.4 * q - 0.08) - 1))
    assert 0.5 > gaps[0] > gaps[1] > gaps[2]


@pytest.mark.parametrize(("tests", "told"), [(3, True), (20, False)])
def test_fewer_integrals_than_parameters_are_told(tests: int, told: bool) -> None:
    """28 parameters, and 2 elements with so many functions each and a hat."""
    text = SLAB.format(a="1 + x", eq=DIVERGENCE)
    changes = {
        "model": {"kind": "mlp", "width": 9, "depth": 1},
        "optimizer": {"kind": "lm", "iterations": 2},
        "form": {"kind": "weak", "elements": 2, "per_element": tests},
    }
    (*notes,) = solve(text, **changes).summary()["notes"]
    assert any("integrals for 28 parameters" in note for note in notes) == told
