"""Laws that are imposed by integrals are measured by these."""

from __future__ import annotations

import pytest

import pdedsl

LINE = "domain O: x in [0, 1]\nunknown u(x)\neq: -u_xx = 1 + x\nbc: u = 0 on boundary\n"


@pytest.mark.parametrize("breaks", [(0.5,), (0.25, 0.5, 0.75)])
def test_hats_have_no_second_derivative_and_satisfy_the_weak_form(
    breaks: tuple[float, ...],
) -> None:
    """Their strong residual is the whole source; against the hats nothing is left."""
    model = {"kind": "basis", "modes": (1,), "breaks": [list(breaks)], "smoothness": 0}
    method = pdedsl.Method(
        model=model, optimizer={"kind": "lstsq"},
        form={"kind": "weak", "per_element": 1, "across": True},
    )  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(LINE), method)
    assert solution.misfits["bc"].relative < 1e-9
    assert solution.misfits["eq"].relative < 1.0
    assert solution.misfits["eq"].rms == pytest.approx(solution.outcome.laws["eq"], rel=1e-6)


def test_the_weak_residual_is_relative_to_the_integrals_of_the_terms() -> None:
    """A smooth solution satisfies it to rounding, its multiple by 1.5 does not."""
    model = {"kind": "basis", "modes": (4,)}
    method = pdedsl.Method(model=model, optimizer={"kind": "lstsq"}, form={"kind": "weak"})
    solution = pdedsl.solve(pdedsl.parse(LINE), method)
    assert solution.misfits["eq"].relative < 1e-12
    found = type(solution)(
        solution.problem, solution.system,
        _with(solution.outcome, 1.5 * solution.theta), solution.provenance,
    )  # fmt: skip
    assert found.misfits["eq"].relative == pytest.approx(1 / 3, rel=0.01)


def _with(outcome: object, theta: object) -> object:
    from dataclasses import replace

    return replace(outcome, theta=theta)  # type: ignore[type-var]
