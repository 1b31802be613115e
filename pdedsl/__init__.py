"""A declarative language for partial differential equations, solved by neural networks.

>>> import pdedsl
>>> problem = pdedsl.load("helmholtz.pde")            # doctest: +SKIP
>>> solution = pdedsl.solve(problem, budget=60)       # doctest: +SKIP
>>> solution(x=0.5, y=0.25), solution.errors          # doctest: +SKIP
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import check, load, parse, solve
    from .api import compile as compile
    from .diagnostics import UserError
    from .solution import Solution

# Public name to its module; imported on first use, because torch and sympy load slowly.
_PUBLIC = {
    "Solution": "pdedsl.solution",
    "UserError": "pdedsl.diagnostics",
    "check": "pdedsl.api",
    "load": "pdedsl.api",
    "parse": "pdedsl.api",
    "solve": "pdedsl.api",
}

__all__ = ["Solution", "UserError", "check", "compile", "load", "parse", "solve"]


class _Callable(ModuleType):
    """The room ``pdedsl.compile``, which can also be called as the function of that name."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from .api import compile as function

        return function(*arguments, **options)


class _Face(ModuleType):
    """This package: importing the room ``compile`` must not hide the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "compile" and isinstance(value, ModuleType):
            value.__class__ = _Callable
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("pdedsl")
    if name == "compile":
        return import_module("pdedsl.compile")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'pdedsl' has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
