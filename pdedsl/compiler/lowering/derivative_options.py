"""How the derivatives in the laws are taken."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from pdedsl.diagnostics import nearest
from pdedsl.models import MisfitError

_COMPILERS = (os.environ.get("CXX"), "g++", "clang++")

Laplacian = Literal["exact", "hutchinson", "sparse"]


@dataclass(frozen=True)
class DerivativeOptions:
    """Options of the derivatives.

    Args:
        laplacian: ``exact``, or how sums of second derivatives are estimated; see `directions`.
        directions: k, the number of random directions at each point.
        compile: compile the steps of the layers with torch.compile, which takes some seconds
            and pays for itself in long runs; on the CPU.
    """

    laplacian: Laplacian = "exact"
    directions: int = 8
    compile: bool = False

    def __post_init__(self) -> None:
        if self.laplacian not in get_args(Laplacian):
            wanted = ", ".join(get_args(Laplacian))
            raise ValueError(f"laplacian: expected one of {wanted}, got {self.laplacian!r}")
        k = self.directions
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise ValueError(f"directions: expected an integer of at least 1, got {k!r}")
        if not isinstance(self.compile, bool):
            raise ValueError(f"compile: expected True or False, got {self.compile!r}")
        if self.compile and not any(shutil.which(name) for name in _COMPILERS if name):
            raise MisfitError(
                "compile: torch.compile needs a C++ compiler, g++ or clang++, and found none; "
                "install one, or leave the option out"
            )

    @classmethod
    def of(cls, given: DerivativeOptions | Mapping[str, Any] | None) -> DerivativeOptions:
        """Accept options, a mapping, or None for the defaults.

        Raises:
            ValueError: an unknown key or a wrong value.
        """
        if isinstance(given, DerivativeOptions):
            return given
        known = [field.name for field in fields(cls)]
        for name in given or {}:
            if name not in known:
                near = nearest(name, known)
                hint = f"; did you mean {near}?" if near else ""
                raise ValueError(
                    f"derivatives: unknown option {name!r}{hint} They are {', '.join(known)}."
                )
        return cls(**(given or {}))
