"""Closed lines that cross or touch themselves are no polygons."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.diagnostics import UserError

REST = "\nunknown u(x, y)\neq: lap(u) = 1\nbc: u = 0 on boundary\n"


def message(corners: str, before: str = "") -> str:
    try:
        pdedsl.parse(f"{before}domain O: (x, y) in polygon({corners}){REST}")
    except UserError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("corners", "at"),
    [
        ("(0, 0), (1, 1), (1, 0), (0, 1)", "(0.5, 0.5)"),
        ("(0, 0), (3, 0), (1, 2), (1, -1), (0, 3)", "(1, 0)"),
        ("(0, 0), (2, 0), (2, 2), (1, 0), (0, 2)", "(1, 0)"),  # a corner on an edge
        ("(0, 0), (0.3, 0.1), (0.6, 0), (0.6, 1), (0.3, 0.1), (0, 1)", "(0.3, 0.1)"),  # twice
        ("(0, 0), (1, 0), (1, 1), (1, 0)", "(1, 0)"),  # there and back
        ("(0, 0), (0, 0), (1, 0), (0, 1)", "(0, 0)"),
        ("(0, 0), (0.3, 0.9), (1, 1), (0.1, 0.3), (0.2, 0)", "(0.1, 0.3)"),  # 0.9/0.3 = 0.3/0.1
    ],
)
def test_what_meets_itself_is_refused_with_the_place(corners: str, at: str) -> None:
    assert f"meet at {at}" in message(corners)


@pytest.mark.parametrize(
    "corners",
    [
        "(0, 0), (1, 0), (1, 1), (0, 1)",
        "(0, 0), (0, 1), (1, 1), (1, 0)",
        "(0, 0), (1, 0), (2, 0), (2, 1), (0, 1)",  # a corner on a straight side
        "(0, 0), (2, 0), (2, 2), (1, 0.000001), (0, 2)",
    ],
)
def test_simple_ones_are_taken(corners: str) -> None:
    assert message(corners) == ""


def test_the_mend_is_a_polygon() -> None:
    text = message("(0, 0), (1, 1), (1, 0), (0, a)", "param a = 1\n")
    mend = text[text.index("write polygon(") + len("write polygon(") :].strip()
    assert message(mend.removesuffix(")"), "param a = 1\n") == ""
