"""How the derivatives in the laws are taken."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Any, Literal

from pdedsl.models import MisfitError
from pdedsl.options.faults import validate
from pdedsl.options.section import Count, Flag, Section

_COMPILERS = (os.environ.get("CXX"), "g++", "clang++")


class DerivativeOptions(Section):
    """Options of the derivatives.

    Args:
        laplacian: ``exact``, or how sums of second derivatives are estimated from random
            directions; see `stochastic_laplacian`.
        directions: k, the number of random directions at each point.
        compile: compile the steps of the layers with torch.compile, which takes some seconds
            and pays for itself in long runs; on the CPU.
    """

    laplacian: Literal["exact", "hutchinson", "sparse"] = "exact"
    directions: Count = 8
    compile: Flag = False

    @classmethod
    def of(cls, given: DerivativeOptions | Mapping[str, Any] | None) -> DerivativeOptions:
        """Accept options, a mapping, or None for the defaults.

        Raises:
            ValueError: an unknown key or a wrong value.
        """
        if isinstance(given, DerivativeOptions):
            return given
        return validate(cls, given or {}, "derivatives")

    def check_compiler(self) -> None:
        """Refuse to compile where that cannot be done.

        Raises:
            MisfitError: there is no C++ compiler.
        """
        if self.compile and not any(shutil.which(name) for name in _COMPILERS if name):
            raise MisfitError(
                "compile: torch.compile needs a C++ compiler, g++ or clang++, and found none; "
                "install one, or leave the option out"
            )
