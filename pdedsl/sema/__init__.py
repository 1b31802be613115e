"""From the syntax tree to the problem: names, shapes, sets, laws, lints."""

from .analyse import analyse

__all__ = ["analyse"]
