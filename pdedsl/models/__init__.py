"""Models: functions of the inputs with parameters, and their jets."""

from .activations import ACTIVATIONS
from .inputs import Axis, Embedding
from .jets import JetTable, compose, jet_table
from .mlp import MLP, MLPOptions
from .model import Model
from .parameters import Reader, Tape
from .registry import MODELS, Kind, ModelSpec

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "MODELS",
    "Axis",
    "Embedding",
    "JetTable",
    "Kind",
    "MLPOptions",
    "Model",
    "ModelSpec",
    "Reader",
    "Tape",
    "compose",
    "jet_table",
]
