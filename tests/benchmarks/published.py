"""Errors that others have published for the problems of the gallery, and those wanted of pdedsl."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What the row of a spec is held against; relative L2 errors where nothing else is said.

    Args:
        published: the best published errors, with the method, machine or time.
        network: the error wanted of a network.
        auto: the error wanted of ``auto``.
        network_within: seconds in which the network has to be there; None for the budget.
    """

    published: str
    network: float
    auto: float
    network_within: float | None = None


FIGURES: dict[str, Figures] = {
    "poisson_2d": Figures(
        "level of 3e-16 by a sketch in 1.2 s; ANaGRAM 1.9e-9", 1e-13, 1e-13, network_within=10
    ),
    "heat_quarter": Figures("ANaGRAM 1e-6 absolute; 2.8e-8 (GPU)", 1e-9, 1e-11),
    "laplace_5d": Figures("9.6e-4 absolute at 142 s; 5.6e-8 (GPU, 3,000 s)", 1e-6, 1e-8),
    "helmholtz": Figures(
        "2e-9 (GPU, 540 s); about 6e-3 (M4 of Wang et al.)", 1e-12, 1e-12, network_within=20
    ),
    "helmholtz_6_6": Figures("1e-7 (50,000 iterations)", 1e-8, 1e-10),
    "klein_gordon": Figures("2.8e-3", 1e-7, 1e-9),
    "advection": Figures("1.9e-3 (beta = 40); 5e-6 (beta = 50)", 1e-6, 1e-10),
    "burgers": Figures("4e-5 in 179 s; 1.6e-8 in 2,878 s (GPU)", 3e-5, 1e-5),
    "allen_cahn": Figures("9.4e-7 (long); 5e-5 (GPU, hours)", 1e-4, 1e-5),
    "reaction": Figures("7e-11", 1e-6, 1e-9),
    "wave": Figures("1.3e-11", 1e-6, 1e-9),
    "kdv": Figures("9.6e-7 in 275 s (H100)", 1e-3, 1e-5),
    "kovasznay": Figures("1e-3 to 1e-6", 1e-6, 1e-8),
    "taylor_green": Figures("1e-3 to 1e-6", 1e-6, 1e-8),
    "poisson_10d": Figures("6e-12 (H100, 3,240 s)", 1e-3, 1e-4),
}
