"""From a problem to its residual vector r(θ) and Jacobian."""

from .blocks import Block
from .support import unsupported
from .system import ResidualSystem, build

__all__ = ["Block", "ResidualSystem", "build", "unsupported"]
