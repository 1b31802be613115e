"""Systems of first order whose characteristics coincide."""

from __future__ import annotations

import pytest

from .typed import X, typed


def transports(n: int, *, coupled: object = 0) -> list[tuple[dict[str, object], ...]]:
    """n equations (∂t + ∂x) u_i, the first with ``coupled`` times ∂x u_2."""
    rows = [tuple({"t": 1, "x": 1} if i == j else {} for j in range(n)) for i in range(n)]
    first = list(rows[0])
    first[1] = {"x": coupled}
    return [tuple(first), *rows[1:]]


@pytest.mark.parametrize("n", [2, 3, 4])
def test_transports_at_one_speed_are_hyperbolic(n: int) -> None:
    found = typed("xt", *transports(n))
    assert found.kind == "hyperbolic"
    assert "independent characteristic fields" in found.reason


def test_a_jordan_block_is_not() -> None:
    for n in (2, 3):
        found = typed("xt", *transports(n, coupled=1))
        assert found.kind == "degenerate"
        assert "weakly hyperbolic" in found.reason


def test_lower_orders_do_not_count() -> None:
    rows = [({"t": 1, "x": 2, "": X}, {"": 3}), ({"": -1}, {"t": 1, "x": 2})]
    assert typed("xt", *rows).kind == "hyperbolic"


def test_two_waves_in_the_plane_as_a_system() -> None:
    """Acoustics for two gases that do not see each other: every speed is double."""
    one = [({"t": 1}, {"x": 1}, {"y": 1}), ({"x": 1}, {"t": 1}, {}), ({"y": 1}, {}, {"t": 1})]
    rows = [(*row, {}, {}, {}) for row in one] + [({}, {}, {}, *row) for row in one]
    assert typed("xyt", *rows).kind == "hyperbolic"


def test_cauchy_and_riemann_stay_elliptic() -> None:
    assert typed("xy", ({"x": 1}, {"y": -1}), ({"y": 1}, {"x": 1})).kind == "elliptic"
