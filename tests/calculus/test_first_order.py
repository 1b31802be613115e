"""Systems of first order whose characteristics coincide."""

from __future__ import annotations

import numpy as np
import pytest

from pdedsl.calculus.types.first_order import symmetrizer

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


def test_what_is_symmetric_hyperbolic_is_said_to_be() -> None:
    """Acoustics with density 2 and modulus 3: symmetric after a scaling of the pressure."""
    gas = [({"t": 2}, {}, {"x": 1}), ({}, {"t": 2}, {"y": 1}), ({"x": 3}, {"y": 3}, {"t": 1})]
    for found in (typed("xt", *transports(2)), typed("xyt", *gas)):
        assert found.kind == "hyperbolic"
        assert found.reason.startswith("symmetric hyperbolic")


def test_transports_with_couplings_of_order_zero_are_symmetric() -> None:
    rows = [({"t": 1, "x": 1, "": 1}, {"": 7}), ({"": -2}, {"t": 1, "x": 1})]
    assert typed("xt", *rows).reason.startswith("symmetric hyperbolic")


def test_a_jordan_block_is_not_symmetric() -> None:
    assert "symmetric" not in typed("xt", *transports(2, coupled=1)).reason


@pytest.mark.parametrize("seed", range(4))
def test_a_symmetrizer_is_found_after_a_change_of_variables(seed: int) -> None:
    """B_i = M⁻¹ A_i M with A_i symmetric are made symmetric by S = MᵀM, up to what commutes."""
    generator = np.random.default_rng(seed)
    n = 2 + seed
    M = np.eye(n) + 0.3 * generator.standard_normal((n, n))
    A = generator.standard_normal((2, n, n))
    B = np.linalg.solve(M, (A + A.swapaxes(1, 2)) @ M)
    found = symmetrizer(B)
    assert found is not None and np.linalg.eigvalsh(found)[0] > 0
    assert np.allclose(found @ B, (found @ B).swapaxes(1, 2), atol=1e-9)


def test_strongly_hyperbolic_but_not_symmetrizable() -> None:
    """Eigenvectors of two matrices that no one S makes orthogonal."""
    B = np.array([[[1.0, 0.0], [0.0, -1.0]], [[0.0, 1.0], [-1.0, 0.0]]])
    assert symmetrizer(B) is None
