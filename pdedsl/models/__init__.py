"""Models: functions of the inputs with parameters, and their jets."""

from pdedsl.models.bases.model import BasisModel
from pdedsl.models.jets.activations import ACTIVATIONS
from pdedsl.models.jets.compose import compose
from pdedsl.models.jets.jet_table import JetTable, jet_table
from pdedsl.models.networks.fourier import FourierOptions
from pdedsl.models.networks.mlp import MLP, MlpOptions
from pdedsl.models.networks.module import ModuleSpec

from .inputs import Axis, Embedding
from .model import MisfitError, Model, ModelOptions
from .parameters import Reader, Tape
from .registry import MODELS, GivenModel, model_options

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "MODELS",
    "Axis",
    "BasisModel",
    "Embedding",
    "FourierOptions",
    "GivenModel",
    "JetTable",
    "MisfitError",
    "MlpOptions",
    "Model",
    "ModelOptions",
    "ModuleSpec",
    "Reader",
    "Tape",
    "compose",
    "jet_table",
    "model_options",
]
