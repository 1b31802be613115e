"""From a problem to its residual vector r(θ) and Jacobian."""

from pdedsl.compiler.lowering.lower import unsupported
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem

__all__ = ["Block", "ResidualSystem", "build", "unsupported"]
