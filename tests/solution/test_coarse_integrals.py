"""Integrals over intervals with too few nodes for a fast solution, which their own nodes hide."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl


def memory(end: float, integral: str = "integral(u(s), s in [0, t])") -> str:
    """u' = 1 − ∫ u, u(0) = 0: u = sin t."""
    return f"time t in [0, {end}]\nunknown u(t)\neq: u_t = 1 - {integral}\nic: u = 0 at t = 0\n"


def test_a_long_memory_is_told_and_its_error_is_not_estimated() -> None:
    solution = pdedsl.solve(pdedsl.parse(memory(100)), budget=10)
    assert solution.status == "unresolved"
    assert "the integral of eq is not resolved" in (solution.failure or "")
    assert solution.estimate is not None
    assert not solution.estimate.fields
    assert "integral" in solution.estimate.reason
    assert (solution.failure or "").endswith(
        "write (integral(u(s), s in [0, t/2]) + integral(u(s), s in [t/2, t]))"
    )


def test_a_memory_that_is_nearly_resolved_has_no_estimate() -> None:
    solution = pdedsl.solve(pdedsl.parse(memory(40)), budget=10)
    t = np.linspace(0, 40, 81)
    miss = np.abs(solution(t=t) - np.sin(t)).max()
    assert miss > 1e-10
    assert solution.estimate is not None and not solution.estimate.fields


def test_in_the_parts_that_are_told_it_is_right() -> None:
    halves = "(integral(u(s), s in [0, t/2]) + integral(u(s), s in [t/2, t]))"
    solution = pdedsl.solve(pdedsl.parse(memory(40, halves)), budget=60)
    t = np.linspace(0, 40, 81)
    assert solution.failure is None
    assert np.abs(solution(t=t) - np.sin(t)).max() < 1e-11
    assert solution.estimate is not None
    assert solution.estimate.fields["u"].relative < 1e-11


def test_the_kink_of_a_solution_in_an_integral_is_told() -> None:
    """∫ |u| of a u that changes its sign: Gauss rules have no digits of it beyond a few."""
    text = (
        "time t in [0, 2]\nunknown u(t)\n"
        "eq: u_t = -5*sin(5*t) + integral(abs(u(s)), s in [0, t]) "
        "- integral(abs(cos(5*s)) + 0*u(s), s in [0, t])\nic: u = 1 at t = 0\n"
    )
    _, report, _ = pdedsl.check(text)
    assert [d.code for d in report] == ["E305"]
    text = text.replace("- integral(abs(cos(5*s)) + 0*u(s), s in [0, t])", "- 1")
    solution = pdedsl.solve(pdedsl.parse(text), budget=5)
    assert solution.estimate is not None
    assert solution.failure is not None or not solution.estimate.fields


@pytest.mark.parametrize("end", [2, 25])
def test_a_memory_that_is_resolved_keeps_its_estimate(end: float) -> None:
    solution = pdedsl.solve(pdedsl.parse(memory(end)), budget=10)
    t = np.linspace(0, end, 81)
    assert solution.failure is None
    assert np.abs(solution(t=t) - np.sin(t)).max() < 1e-11
    assert solution.estimate is not None and solution.estimate.fields
