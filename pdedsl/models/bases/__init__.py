"""Bases of functions with derivatives of any order."""

from .basis import Basis, BasisOptions
from .build import basis_size, build_basis

__all__ = ["Basis", "BasisOptions", "basis_size", "build_basis"]
