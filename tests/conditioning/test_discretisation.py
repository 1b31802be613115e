from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.conditioning.discretisation import basis_size, component_axes, default_modes, discretise
from pdedsl.models import Axis
from pdedsl.models.bases import BasisOptions, build_basis
from tests.conftest import ROOT
from tests.small import FLOW

from .setups import ADVECTION, POISSON, STOKES


@pytest.mark.parametrize("index", ["box", "total"])
@pytest.mark.parametrize("modes", [1, 2, 4])
@pytest.mark.parametrize(
    "family", ["fourier", "sine", "cosine", "legendre", "chebyshev", "mixed", "random_tanh"]
)
def test_sizes_are_known_beforehand(family: str, modes: int, index: str) -> None:
    options = BasisOptions(family=family, modes=modes, index=index, features=9)
    axes = [Axis(0.0, 1.0), Axis(-1.0, 2.0), Axis(0.0, 3.0)]
    if family in ("fourier", "mixed"):
        axes[1] = Axis(-1.0, 2.0, 3.0)
    for d in (1, 2, 3):
        own = tuple(axes[:d])
        assert basis_size(options, own) == build_basis(options, own).size


@pytest.mark.parametrize("family", ["fourier", "sine", "legendre", "mixed"])
@pytest.mark.parametrize("text", [POISSON, STOKES, FLOW])
def test_default_modes_are_the_most_with_400_functions(family: str, text: str) -> None:
    problem = pdedsl.parse(text)
    modes = default_modes(problem, family)
    assert discretise(problem, family).options.modes == modes
    assert discretise(problem, family).size <= 400
    assert discretise(problem, family, modes + 1).size > 400


def test_many_inputs_take_the_total_degree() -> None:
    problem = pdedsl.load(ROOT / "specs" / "poisson_10d.pde")
    space = discretise(problem)
    assert space.options.index == "total"
    assert space.options.modes == 2
    assert space.size == 221


def test_components_lie_one_after_another() -> None:
    space = discretise(pdedsl.parse(STOKES), "legendre", 2)
    assert [p.name for p in space.parts] == ["v[1]", "v[2]", "p"]
    assert [p.offset for p in space.parts] == [0, 9, 18]
    assert space.part("p").place == slice(18, 27)
    assert space.labels()[0] == "v[1]: 1"
    assert len(space.labels()) == space.size == 27
    assert space.parts[0].basis is space.parts[2].basis
    with pytest.raises(KeyError):
        space.part("q")


def test_axes_follow_intervals_and_periods() -> None:
    axes = component_axes(pdedsl.parse(ADVECTION))
    assert axes == ((Axis(0.0, 2 * np.pi, 2 * np.pi), Axis(0.0, 1.0, None)),)


def test_domains_that_share_coordinates_are_kept_apart() -> None:
    problem = pdedsl.load(ROOT / "specs" / "interface.pde")
    first, second = component_axes(problem)
    assert (first[0], second[0]) == (Axis(-1.0, 0.0), Axis(0.0, 1.0))


def test_wave_vectors_are_zero_in_inputs_that_a_component_lacks() -> None:
    text = 'problem "two"\ndomain Omega: x in [0, 1]\ntime t in [0, 2]\n'
    text += "unknown u(x, t), w(t)\neq: u_t = w\nic: u = 0  at t = 0\neq b: w_t = 0\n"
    space = discretise(pdedsl.parse(text), "fourier", 1)
    vectors = space.wave_vectors()
    assert vectors.shape == (9 + 3, 2)
    assert (vectors[9:, 0] == 0).all()
    assert vectors[10, 1] == pytest.approx(np.pi)
    with pytest.raises(ValueError, match="no wave vectors"):
        discretise(pdedsl.parse(text), "legendre", 1).wave_vectors()


def test_refusals() -> None:
    with pytest.raises(ValueError, match="Omega is not a box; the functions of a basis"):
        discretise(pdedsl.load(ROOT / "specs" / "poisson_lshape.pde"))
    with pytest.raises(ValueError, match="the most that a matrix is set up for is 6000"):
        discretise(pdedsl.parse(STOKES), "legendre", 60)
