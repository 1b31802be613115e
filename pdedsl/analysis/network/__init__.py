"""How a network trains: its tangent spectrum, Hessian, gradients, and the drift of its kernel."""

from .analyse import DEFAULT_BUDGET, NoStateError, measure_network, plan_training
from .report import NetworkReport
from .training import train_keeping_states

__all__ = [
    "DEFAULT_BUDGET",
    "NetworkReport",
    "NoStateError",
    "measure_network",
    "plan_training",
    "train_keeping_states",
]
