"""How a network trains: its tangent spectrum, Hessian, gradients, and the drift of its kernel."""

from .analyse import DEFAULT_BUDGET, NoStateError, analyse_network, measure_network, plan_training
from .report import NetworkReport

__all__ = [
    "DEFAULT_BUDGET",
    "NetworkReport",
    "NoStateError",
    "analyse_network",
    "measure_network",
    "plan_training",
]
