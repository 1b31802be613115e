"""From the syntax tree to the problem: names, shapes, sets, laws, lints."""

from .analyse import Understanding, examine, problem_of, understand

__all__ = ["Understanding", "examine", "problem_of", "understand"]
