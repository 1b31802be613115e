"""u_t + βu_x = 0: κ grows as the square of the speed, and falls with the length of a window."""

from __future__ import annotations

import numpy as np
import pytest

from pdedsl.conditioning.weights import best_weight

from .setups import ADVECTION, gram_of


@pytest.mark.parametrize("family", ["fourier", "mixed"])
def test_condition_numbers_grow_with_the_square_of_the_speed(family: str) -> None:
    speeds = [200.0, 800.0]
    kappas = [best_weight(gram_of(ADVECTION, family, 3, beta=b)).kappa for b in speeds]
    slope = np.log(kappas[1] / kappas[0]) / np.log(speeds[1] / speeds[0])
    assert slope == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("family", ["fourier", "mixed"])
@pytest.mark.parametrize("windows", [4, 10])
def test_windows_act_as_a_smaller_speed(family: str, windows: int) -> None:
    whole = best_weight(gram_of(ADVECTION, family, 3, beta=300 / windows))
    part = best_weight(gram_of(ADVECTION, family, 3, beta=300, T=1 / windows))
    assert part.kappa == pytest.approx(whole.kappa, rel=1e-6)
    assert part.weight == pytest.approx(windows * whole.weight, rel=1e-3)
    full = best_weight(gram_of(ADVECTION, family, 3, beta=300)).kappa
    assert full / part.kappa > 0.5 * windows**2
