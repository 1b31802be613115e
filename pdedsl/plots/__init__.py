"""Pictures of solutions; matplotlib is imported only when something is drawn."""

from .draw import draw

__all__ = ["draw"]
