"""Files to start from, by kind of problem; the tests check and solve each."""

from __future__ import annotations

from pdedsl.syntax.package_data import grammar_file

TEMPLATES = (
    "poisson helmholtz shape interface elasticity navier_stokes eigenvalue inverse heat advection "
    "burgers reaction_diffusion wave ode delay parametric"
).split()
"""The kinds, problems without time first."""


def template(kind: str) -> str:
    """The text of a template, whose first line is a comment on what it is.

    Raises:
        KeyError: there is no such kind.
    """
    if kind not in TEMPLATES:
        raise KeyError(kind)
    return grammar_file(f"templates/{kind}.pde")
