"""Golden specs in other units have the same solutions; the slower ones are in the benchmark."""

from __future__ import annotations

import pytest

from tests.benchmarks.twins.twins import distance

QUICK = ["four_dimensions", "integral_gauge", "matrices", "ode_second_order", "ode_system"]


@pytest.mark.parametrize("name", QUICK)
def test_a_golden_spec_in_other_units(name: str) -> None:
    found = distance(f"good/{name}", seed=1, budget=15)
    assert found.plain == found.twin == "converged"
    assert found.distance < 1e-8
