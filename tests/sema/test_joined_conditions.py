"""Conditions that join fields which the equations do not count for both of them."""

from __future__ import annotations

import pytest

import pdedsl

HEAD = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y), v(x, y)\neq: lap(u) = 1\neq: lap(v) = x\n"
COUPLED = "bc: dn(u) = -2*v on boundary\nbc: dn(v) = 2*u on boundary\n"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (COUPLED, []),
        (COUPLED + "bc: v = 2 on x = 0\n", ["L102"]),
        ("bc: dn(u) = -2*v on boundary\n", ["L101", "L105"]),
        ("bc: u = 0 on boundary\nbc: v = u on boundary\n", []),
    ],
)
def test_they_are_counted_together(conditions: str, expected: list[str]) -> None:
    assert [d.code for d in pdedsl.parse(HEAD + conditions).lints] == expected


def test_solve_takes_the_path_of_a_file_and_says_what_else_it_takes(tmp_path) -> None:
    path = tmp_path / "line.pde"
    path.write_text(
        "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 2\nbc: u = 0 on boundary\n",
        encoding="utf-8",
    )
    assert float(pdedsl.solve(path)(x=0.5)) == pytest.approx(-0.25, abs=1e-12)
    with pytest.raises(TypeError, match=r"pdedsl\.load"):
        pdedsl.solve(3)
