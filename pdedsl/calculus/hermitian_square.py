"""The Hermitian square D*D of an operator, whose inverse would precondition the descent.

De Ryck, Bonnet, Mishra, de Bezenac, "An operator preconditioning perspective on training in
physics-informed machine learning" (arXiv 2310.05801), section 2.3.
"""

from __future__ import annotations

from .adjoint import adjoint
from .composition import compose
from .operator import LinearOperator


def hermitian_square(operator: LinearOperator) -> LinearOperator:
    """L* ∘ L, of twice the order, acting on the unknowns of L.

    Raises:
        TooLargeError: a derivative of a coefficient is too large.
    """
    return compose(adjoint(operator), operator)
