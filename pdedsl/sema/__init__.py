"""From the syntax tree to the problem: names, shapes, sets, laws, lints."""

from .analyse import examine, problem_of

__all__ = ["examine", "problem_of"]
