"""How hard a problem is to train, and why: operators, condition numbers, preconditioners."""

from .analyse import analyse
from .report import Report

__all__ = ["Report", "analyse"]
