"""Outputs: named numbers of a solution."""

from .output import output

__all__ = ["output"]
