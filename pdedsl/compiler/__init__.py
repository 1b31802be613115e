"""From a problem to its residual vector r(θ) and Jacobian."""

from pdedsl.compiler.lowering.lower import unsupported
from pdedsl.compiler.residual.blocks import Block
from pdedsl.compiler.residual.system import ResidualSystem, build

__all__ = ["Block", "ResidualSystem", "build", "unsupported"]
