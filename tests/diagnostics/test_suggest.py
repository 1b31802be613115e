"""The nearest name: slips of the finger are met, chance likeness is not."""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import nearest

KNOWN = ["if", "alpha", "Tinf", "lap", "kappa", "u"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alhpa", "alpha"), ("kapa", "kappa"), ("LAP", "lap"), ("U", "u"), ("tinf", "Tinf")],
)
def test_slips_are_met(name: str, expected: str) -> None:
    assert nearest(name, KNOWN) == expected


@pytest.mark.parametrize("name", ["x", "velocity", "iffy"])
def test_chance_likeness_is_not(name: str) -> None:
    assert nearest(name, KNOWN) is None
