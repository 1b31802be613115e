"""A declarative language for partial differential equations, solved by neural networks.

>>> import pdedsl
>>> problem = pdedsl.load("helmholtz.pde")            # doctest: +SKIP
>>> solution = pdedsl.solve(problem, budget=60)       # doctest: +SKIP
>>> solution(x=0.5, y=0.25), solution.errors          # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import analyze, analyze_network, check, compile, load, parse, resume, solve
    from .diagnostics import UserError
    from .results import Solution
    from .settings.method import Method
    from .training.train import train

# Public name to its module; imported on first use, because torch and sympy load slowly.
_PUBLIC = {
    "Method": "pdedsl.settings.method",
    "Solution": "pdedsl.results",
    "UserError": "pdedsl.diagnostics",
    "analyze": "pdedsl.api",
    "analyze_network": "pdedsl.api",
    "check": "pdedsl.api",
    "compile": "pdedsl.api",
    "load": "pdedsl.api",
    "parse": "pdedsl.api",
    "resume": "pdedsl.api",
    "solve": "pdedsl.api",
    "train": "pdedsl.training.train",
}

__all__ = [
    "Method",
    "Solution",
    "UserError",
    "analyze",
    "analyze_network",
    "check",
    "compile",
    "load",
    "parse",
    "resume",
    "solve",
    "train",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("pdedsl")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'pdedsl' has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
