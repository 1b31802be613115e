"""What a check says against a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingStatus = Literal[
    "no solution", "not unique", "unresolved", "data missed", "inaccurate", "diverged"
]


@dataclass(frozen=True)
class Finding:
    """Why a result is not to be trusted.

    Args:
        status: in a word: the problem has no solution, or more than one; points or functions do not
            see what is given; the data of a fit are missed; the numbers are not good enough; they
            are not finite.
        reason: what was seen, as the beginning of a sentence.
        advice: what to do; empty where nothing is known that helps.
    """

    status: FindingStatus
    reason: str
    advice: str = ""

    @property
    def text(self) -> str:
        """Reason and advice in a sentence."""
        return f"{self.reason}; {self.advice}" if self.advice else self.reason
