"""What a choice of a method consists of."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from pdedsl.settings.method import Method

from .march.agreement import Agreement


@dataclass(frozen=True)
class Choice:
    """A method and, in one line, the reason for it.

    Args:
        method: the method.
        why: the reason.
        start: first parameters, where the choice has found good ones.
        agreement: of marches at several tolerances, where the choice is one of them.
    """

    method: Method
    why: str
    start: Tensor | None = None
    agreement: Agreement | None = None
