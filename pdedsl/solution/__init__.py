"""Solutions as functions: evaluation, errors, saving."""

from .solution import Provenance, Solution

__all__ = ["Provenance", "Solution"]
