"""Bases of functions with derivatives of any order."""

from .basis import Basis, BasisOptions
from .build import axis_size, basis_size, build_basis

__all__ = ["Basis", "BasisOptions", "axis_size", "basis_size", "build_basis"]
