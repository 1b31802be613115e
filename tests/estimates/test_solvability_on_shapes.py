"""Whether problems on sets that are no boxes have a solution and only one."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.compiler.lowering.lower import lower
from pdedsl.estimates.solvability import Solvability, find_solvability
from pdedsl.estimates.solvability.null_words import null_words

DISK = "disk(center = (0, 0), radius = 1)"
HOLE = "[-1, 1]^2 minus disk(center = (0.1, 0), radius = 0.3)"
ELL = "polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))"
ZERO_OF_J0 = 2.404825557695773


def found(region: str, laws: str) -> Solvability:
    problem = pdedsl.parse(f"domain O: (x, y) in {region}\nunknown u(x, y)\n{laws}")
    answer = find_solvability(lower(problem))
    assert answer is not None
    return answer


@pytest.mark.parametrize("region", [DISK, HOLE, ELL, "disk(center = (3e6, 0), radius = 1e6)"])
def test_a_constant_can_be_added_under_fluxes_alone(region: str) -> None:
    text = f"domain O: (x, y) in {region}\nunknown u(x, y)\n"
    problem = pdedsl.parse(f"{text}eq: lap(u) = 0\nbc: dn(u) = 0 on boundary\n")
    answer = find_solvability(lower(problem))
    assert answer is not None and answer.free == 1
    (words,) = null_words(problem, answer.spectrum, 1)
    assert words.added("c") == "u + c"
    assert words.gauge("O") == "integral(u, O) = 0"


@pytest.mark.parametrize("region", [DISK, HOLE, ELL])
def test_given_values_leave_nothing_free(region: str) -> None:
    answer = found(region, "eq: -lap(u) + x*u_x = exp(x)\nbc: u = y on boundary\n")
    assert answer.free == 0 and answer.unreachable is None


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_all_sizes_are_alike(size: float) -> None:
    """Corner and hole functions satisfy the equation, which is then scaled by the others."""
    unit = "[0, 2]^2 minus disk(center = (1, 1), radius = 0.4) minus [0, 1] * [0, 0.5]"
    answer = found(f"scale({unit}, {size})", "eq: -lap(u) = 1\nbc: u = 0 on boundary\n")
    assert answer.free == 0 and answer.unreachable is None
    assert answer.spectrum.values[0] > 1e-4


@pytest.mark.parametrize("size", [1e-6, 1, 1e6])
def test_a_clamped_plate_with_a_hole(size: float) -> None:
    text = "eq: lap(lap(u)) = 1\nbc a: u = 0 on boundary\nbc b: dn(u) = 0 on boundary\n"
    answer = found(f"scale({HOLE}, {size})", text)
    assert answer.free == 0 and answer.unreachable is None


def test_resonance_on_a_disk() -> None:
    k = f"param k = {ZERO_OF_J0!r}\n"
    answer = found(DISK, f"{k}eq: lap(u) + k^2*u = 1\nbc: u = 0 on boundary\n")
    assert answer.free == 1 and answer.proven and answer.unreachable is not None
    beside = found(DISK, "eq: lap(u) + 5.6*u = 1\nbc: u = 0 on boundary\n")
    assert beside.free == 0 and beside.unreachable is None


def test_two_values_on_one_circle() -> None:
    laws = "eq: lap(u) = 0\nbc: u = 0 on boundary\nbc: u = 1 on boundary where x > 0\n"
    answer = found(DISK, laws)
    assert answer.proven and answer.unreachable is not None


def test_a_hole_without_condition_leaves_the_solution_not_unique() -> None:
    laws = "eq: lap(u) = 1\nbc: u = 0 on boundary where x^2 + y^2 > 0.5\n"
    text = f"domain O: (x, y) in {HOLE}\nunknown u(x, y)\n{laws}"
    method = {"model": {"kind": "basis", "modes": 6, "index": "total"},
              "optimizer": {"kind": "lstsq"}}  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))
    assert solution.status == "not unique"


def test_what_is_not_unique_has_no_estimate() -> None:
    text = "domain Omega: (x, y) in disk(center = (0, 0), radius = 1)\nunknown u(x, y)\n"
    text += "eq: -lap(u) = 1\nbc: dn(u) = -1/2  on boundary\n"
    solution = pdedsl.solve(pdedsl.parse(text), budget=30)
    assert solution.status == "not unique"
    assert solution.estimate is not None
    assert not solution.estimate.fields
