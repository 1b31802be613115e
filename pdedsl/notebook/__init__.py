"""Specs in notebooks: ``%load_ext pdedsl.notebook`` adds the cell magic ``%%pde``."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Called by ``%load_ext pdedsl.notebook``."""
    from .magic import pde

    shell.register_magic_function(pde, "cell", "pde")
