"""How well a Gauss rule integrates what stands in an integral over an interval."""

from .accuracy import NODES, Integrand, integrand_of
from .divided import divided_text

__all__ = ["NODES", "Integrand", "divided_text", "integrand_of"]
