r"""Sizes of the terms of laws, by which laws of different units are compared.

A law :math:`r_l(u, p)` has the size

.. math:: s_l = \min_{q \in \{p, p_0\}} ‖\, |∂r_l/∂u|\, |u| + κ_q |r_l - ∂r_l/∂u\, u| \,‖, \qquad
   κ_p = 0, \; κ_{p_0} = 1,

at the numbers p and at their guesses p₀. By the size at p alone any law would hold where numbers
are huge: beside rates of 10¹² the derivatives of concentrations, and with them that their sum is
constant, are rounding, and what is left of the laws lets any function be the solution. The known
part counts at the guesses, as without it a law k u'' = f would weigh 10⁹ where k is 10⁻⁹ of its
value at first.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from pdedsl.compiler.residual.system import ResidualSystem


def sizes_at_guesses(system: ResidualSystem, fields: Tensor) -> dict[str, float]:
    """By label the size of all terms of a law at the guesses; 0 where it has none there.

    Args:
        system: with the rows; its guesses are those of θ₀.
        fields: coefficients u, shape (F,).
    """
    theta = system.theta0.clone()
    theta[: len(fields)] = fields
    residual, jacobian = system.residual_and_jacobian(theta)
    own = jacobian[:, : len(fields)]
    terms = own.abs() @ fields.abs() + (residual - own @ fields).abs()
    return {b.label: float(terms[b.rows].norm()) for b in system.blocks}


def smaller(sizes: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    """Of two sizes by label the smaller one, where both are positive."""
    return {
        label: min(size, others[label]) if size > 0 and others[label] > 0 else size
        for label, size in sizes.items()
    }


def of_one_size(system: ResidualSystem, sizes: Mapping[str, float]) -> dict[str, float]:
    """For the fits that state their noise the mean of their sizes, by label.

    Their rows are in units of their noise, so that one size keeps them as they count.

    Args:
        system: with the rows.
        sizes: by label, of all laws with rows.
    """
    own = [label for label in system.sampler.lowered.noise if label in sizes]
    return dict.fromkeys(own, sum(sizes[label] for label in own) / max(len(own), 1))
