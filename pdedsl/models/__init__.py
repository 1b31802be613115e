"""Models: functions of the inputs with parameters, and their jets."""

from .activations import ACTIVATIONS
from .basis import BasisModel, BasisModelOptions
from .checks import MisfitError
from .fourier import FourierOptions
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
    "BasisModel",
    "BasisModelOptions",
    "Embedding",
    "FourierOptions",
    "JetTable",
    "Kind",
    "MLPOptions",
    "MisfitError",
    "Model",
    "ModelSpec",
    "Reader",
    "Tape",
    "compose",
    "jet_table",
]
