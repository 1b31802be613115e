"""The problems, with what was published of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import flows, known, media, shapes, torus
from .truth import SPECS, Truth


@dataclass(frozen=True)
class Case:
    """A row of the table.

    Args:
        name: of the spec.
        short: that of the publication.
        best: smallest relative L2 error in table 3 of arXiv 2306.08827.
        smooth: whether the solution is, so that a hundred times less is wanted.
        truth: none where no reference is at hand.
    """

    name: str
    short: str
    best: float
    smooth: bool
    truth: Callable[[], Truth] | None = None

    @property
    def file(self) -> Path:
        """The spec."""
        own = SPECS / f"{self.name}.pde"
        return own if own.exists() else SPECS.parent / f"{self.name}.pde"


def cases() -> tuple[Case, ...]:
    """All 22."""
    return (
        Case("burgers", "Burgers 1d-C", 1.33e-2, True, known.burgers_1d),
        Case("burgers_2d", "Burgers 2d-C", 2.6e-1, False, torus.burgers_2d),
        Case("poisson_four_discs", "Poisson 2d-C", 1.23e-2, True, shapes.poisson_four_discs),
        Case("poisson_boltzmann", "Poisson 2d-CG", 1.43e-2, True, shapes.poisson_boltzmann),
        Case("poisson_spheres", "Poisson 3d-CG", 9.47e-2, False),
        Case("poisson_areas", "Poisson 2d-MS", 5.9e-1, False, shapes.poisson_areas),
        Case("heat_varying", "Heat 2d-VC", 2.12e-1, False, media.heat_varying),
        Case("heat_multiscale", "Heat 2d-MS", 6.2e-2, True, known.heat_multiscale),
        Case("heat_holes", "Heat 2d-CG", 2.39e-2, False, shapes.heat_holes),
        Case("heat_long", "Heat 2d-LT", 9.99e-1, True, torus.heat_long),
        Case("cavity_parabolic", "NS 2d-C", 3.6e-2, False, flows.cavity_parabolic),
        Case("back_step", "NS 2d-CG", 8.24e-2, False, flows.back_step),
        Case("flow_long", "NS 2d-LT", 9.7e-1, False),
        Case("wave_1d", "Wave 1d-C", 9.79e-2, True, known.wave_1d),
        Case("wave_varying", "Wave 2d-CG", 7.94e-1, False, media.wave_varying),
        Case("wave_long", "Wave 2d-MS", 9.82e-1, True, known.wave_long),
        Case("gray_scott_2d", "GS", 7.99e-2, True, torus.gray_scott_2d),
        Case("kuramoto_chaotic", "KS", 9.57e-1, True, torus.kuramoto_chaotic),
        Case("poisson_5d", "PNd", 4.67e-4, True, known.poisson_5d),
        Case("heat_5d", "HNd", 1.19e-4, True, known.heat_5d),
        Case("poisson_inverse", "PInv", 2.45e-2, False, known.poisson_inverse),
        Case("heat_inverse", "HInv", 5.09e-2, False, known.heat_inverse),
    )
