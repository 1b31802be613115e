from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import pdedsl
from pdedsl.calculus.laws import law_operators
from pdedsl.calculus.symbol import symbol
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.norms import norms
from pdedsl.conditioning.preconditioners import full_preconditioner, symbol_preconditioner
from pdedsl.conditioning.weights import best_weight
from tests.conftest import ROOT

from .setups import ADVECTION, MIXED, NEUMANN, POISSON, STOKES, both_of

VARIABLE = """problem "variable"
domain Omega: x in [0, 1]
unknown u(x)
eq: (1 + x)*u_xx = 0
bc: u = 0  on boundary
"""


@pytest.mark.parametrize("name", ["heat", "wave", "helmholtz", "biharmonic"])
def test_the_diagonal_is_the_inverse_symbol(name: str) -> None:
    problem = pdedsl.load(Path(ROOT) / "specs" / f"{name}.pde")
    space = discretise(problem, "fourier", 2)
    gram = assemble(problem, space)
    found = symbol(law_operators(problem)[0].operator)
    sigma = sp.lambdify(found.frequencies, problem.substitute(found.matrix[0, 0]))
    sizes = np.array([abs(complex(sigma(*k))) for k in space.wave_vectors()])
    regular = symbol_preconditioner(gram, space, 3.0)
    np.testing.assert_allclose(regular, (sizes**2 + 1 / 9) ** -0.5, rtol=1e-10)
    exact = symbol_preconditioner(gram, space, 3.0, "exact")
    kernel = sizes < 1e-9
    np.testing.assert_allclose(exact[~kernel], 1 / sizes[~kernel], rtol=1e-10)
    assert (exact[kernel] == 3.0).all()


def test_modes_on_a_characteristic_are_in_the_kernel() -> None:
    # ω + βk = 0 for ω = ∓2π, k = ±1 when β = 2π and T = 1.
    space, gram = both_of(ADVECTION, modes=1, beta=2 * np.pi)
    exact = symbol_preconditioner(gram, space, 7.0, "exact")
    assert (exact == 7.0).sum() == 3


def test_systems_have_a_block_for_each_wave_vector() -> None:
    space, gram = both_of(STOKES, modes=2)
    gamma = 4.0
    T = symbol_preconditioner(gram, space, gamma)
    A = sum(t.factor.T @ t.factor for t in gram.terms if t.interior)
    assert T.shape == A.shape
    np.testing.assert_allclose(T @ (A + np.eye(len(A)) / gamma**2) @ T, np.eye(len(A)), atol=1e-8)
    vectors = space.wave_vectors()
    same = (np.abs(vectors[:, None] - vectors[None]) < 1e-9).all(axis=2)
    assert np.abs(T[~same]).max() < 1e-12


@pytest.mark.parametrize("gamma", [0.5, 20.0])
def test_exact_blocks_invert_the_interior_off_the_kernel(gamma: float) -> None:
    space, gram = both_of(STOKES, modes=2)
    T = symbol_preconditioner(gram, space, gamma, "exact")
    A = sum(t.factor.T @ t.factor for t in gram.terms if t.interior)
    values = np.linalg.eigvalsh(T @ A @ T)
    # Three constants: the kernel of the Stokes operator on the torus.
    np.testing.assert_allclose(values[:3], 0, atol=1e-9)
    np.testing.assert_allclose(values[3:], 1, atol=1e-8)
    assert (np.abs(np.linalg.eigvalsh(T) - gamma) < 1e-9).sum() >= 3


def test_other_bases_take_the_norms_of_the_images() -> None:
    space, gram = both_of(VARIABLE, "legendre", 4)
    x, w = np.polynomial.legendre.leggauss(12)
    x, w = (x[:, None] + 1) / 2, w / 2
    values, second = space.parts[0].derivatives(x, [(0,), (2,)])
    sizes = np.sqrt(w @ ((1 + x) * second) ** 2 / (w @ values**2))
    found = symbol_preconditioner(gram, space, 5.0)
    np.testing.assert_allclose(found, (sizes**2 + 1 / 25) ** -0.5, rtol=1e-10)


@pytest.mark.parametrize("family", ["chebyshev", "random_tanh", "random_fourier", "fourier"])
def test_norms(family: str) -> None:
    more = {"extension": 1.5} if family == "fourier" else {"features": 7}
    space, _ = both_of(VARIABLE, family, 4, **more)
    x = np.linspace(0, 1, 20_001)[:, None]
    values = space.parts[0].derivatives(x, [(0,)])[0]
    expected = np.sqrt(np.trapezoid(values**2, x[:, 0], axis=0))
    np.testing.assert_allclose(norms(space), expected, rtol=1e-7)


@pytest.mark.parametrize("family", ["fourier", "sine", "cosine", "legendre", "mixed"])
def test_orthonormal_bases_have_norm_one(family: str) -> None:
    space, _ = both_of(MIXED, family, 2)
    t, w = np.polynomial.legendre.leggauss(30)
    ends = [(a.lower, a.upper) for a in space.parts[0].basis.axes]
    lines = [a + (b - a) * (t + 1) / 2 for a, b in ends]
    points = np.stack([m.ravel() for m in np.meshgrid(*lines, indexing="ij")], axis=1)
    weights = np.einsum("i,j,k->ijk", w, w, w).ravel() / 8 * np.prod([b - a for a, b in ends])
    values = space.parts[0].derivatives(points, [(0, 0, 0)])[0]
    np.testing.assert_allclose(weights @ values**2, norms(space) ** 2, rtol=1e-11)
    assert (norms(space) == 1).all()


@pytest.mark.parametrize("text", [POISSON, MIXED, STOKES])
def test_the_whole_matrix_gives_condition_number_one(text: str) -> None:
    _, gram = both_of(text, modes=2)
    T = full_preconditioner(gram, 3.0)
    np.testing.assert_allclose(T, T.T, atol=1e-12 * np.abs(T).max())
    assert gram.transform(T).spectrum(3.0).kappa == pytest.approx(1, abs=1e-6)


def test_the_whole_matrix_with_a_kernel() -> None:
    _, gram = both_of(NEUMANN, "legendre", 5)
    T = full_preconditioner(gram)
    moved = gram.transform(T).spectrum()
    assert moved.rank == gram.size - 1
    assert moved.kappa == pytest.approx(1, abs=1e-8)
    assert np.linalg.matrix_rank(T) == gram.size


@pytest.mark.parametrize("form", ["exact", "regularised"])
def test_the_preconditioned_number_does_not_grow_with_the_modes(form: str) -> None:
    heat = pdedsl.load(Path(ROOT) / "specs" / "heat.pde")
    plain, kappas = [], []
    for modes in (3, 6):
        space = discretise(heat, "fourier", modes)
        gram = assemble(heat, space)
        moved = gram.transform(symbol_preconditioner(gram, space, 10.0, form))
        plain.append(best_weight(gram).kappa)
        kappas.append(best_weight(moved).kappa)
    assert plain[1] > 6 * plain[0]
    assert kappas[1] < 2.5 * kappas[0]
    assert kappas[1] < plain[1] / 10


def test_wrong_arguments() -> None:
    space, gram = both_of(POISSON, modes=2)
    with pytest.raises(ValueError, match="gamma"):
        symbol_preconditioner(gram, space, 0.0)
    with pytest.raises(ValueError, match="exact or regularised"):
        symbol_preconditioner(gram, space, 1.0, "both")
    bare = type(gram)(gram.terms[1:], gram.size)
    with pytest.raises(ValueError, match="no law holds in the interior"):
        symbol_preconditioner(bare, space, 1.0)
