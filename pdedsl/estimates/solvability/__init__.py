"""Whether the laws of a problem have a solution, and no more than one."""

from .solvability import Solvability, find_solvability

__all__ = ["Solvability", "find_solvability"]
