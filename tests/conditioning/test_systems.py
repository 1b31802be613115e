"""The matrix of the analysis is that of the compiled residual system, which shares no code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pdedsl
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.preconditioners import full_preconditioner, symbol_preconditioner
from pdedsl.conditioning.spectrum import spectrum
from pdedsl.models.bases.model import TransformedBasisOptions
from tests.conftest import ROOT
from tests.small import FLOW

from .setups import ADVECTION, MIXED, NEUMANN, POISSON, STOKES


def compared(
    text: Any,
    family: str,
    modes: int,
    sampling: str,
    side: int,
    weight: float,
    preconditioner: str | None = None,
) -> None:
    """κ and the eigenvalues from both ways."""
    problem = pdedsl.parse(text) if isinstance(text, str) else pdedsl.load(text)
    space = discretise(problem, family, modes)
    gram = assemble(problem, space)
    assert not gram.skipped
    transform = None
    if preconditioner == "symbol":
        transform = symbol_preconditioner(gram, space, 2.0)
    if preconditioner == "full":
        transform = full_preconditioner(gram)
    if transform is not None:
        gram = gram.transform(transform)
    free = len(problem.inputs)
    points = {}
    for law in problem.laws:
        faces = len(getattr(law.place, "faces", ()))
        points[law.label] = faces * side ** (free - 1) if faces else side**free
    system = pdedsl.compile(
        problem,
        TransformedBasisOptions(family=family, modes=modes, transform=transform),
        points=points,
        sampling=sampling,
        weights=gram.loss_weights(weight),
    )
    jacobian = system.jacobian(system.theta0).numpy()
    ours, theirs = gram.spectrum(weight), spectrum(jacobian)
    assert ours.rank == theirs.rank
    assert theirs.kappa == pytest.approx(ours.kappa, rel=1e-8)
    scale = ours.values[0]
    np.testing.assert_allclose(theirs.values, ours.values, rtol=1e-8, atol=1e-13 * scale)


WAVE = Path(ROOT) / "specs" / "wave.pde"
ELASTIC = Path(ROOT) / "specs" / "elasticity.pde"


@pytest.mark.parametrize(
    ("text", "modes"), [(POISSON, 6), (ADVECTION, 3), (WAVE, 3), (ELASTIC, 2), (NEUMANN, 4)]
)
def test_fourier_with_a_grid(text: Any, modes: int) -> None:
    compared(text, "fourier", modes, "grid", 2 * modes + 2, 5.0)


@pytest.mark.parametrize(
    ("text", "modes"), [(POISSON, 8), (WAVE, 4), (ELASTIC, 3), (NEUMANN, 6), (FLOW, 2), (MIXED, 3)]
)
def test_legendre_with_gauss(text: Any, modes: int) -> None:
    compared(text, "legendre", modes, "gauss", modes + 1, 0.3)


def test_plane_waves_and_polynomials_with_gauss() -> None:
    compared(ADVECTION, "mixed", 4, "gauss", 10, 20.0)


def test_stokes_with_normals() -> None:
    compared(STOKES, "legendre", 3, "gauss", 4, 2.0)


@pytest.mark.parametrize("preconditioner", ["symbol", "full"])
@pytest.mark.parametrize("text", [POISSON, WAVE, STOKES])
def test_preconditioned(text: Any, preconditioner: str) -> None:
    # The square in θ of STOKES is a matrix: three components share their wave vectors.
    sampling = "gauss" if text == STOKES else "grid"
    side = 24 if text == STOKES else 8
    compared(text, "fourier", 2, sampling, side, 5.0, preconditioner)
