"""Models: functions of the inputs with parameters, and their jets."""

from pdedsl.models.bases.model import BasisModel, BasisModelOptions
from pdedsl.models.jets.activations import ACTIVATIONS
from pdedsl.models.jets.compose import compose
from pdedsl.models.jets.jet_table import JetTable, jet_table
from pdedsl.models.networks.fourier import FourierOptions
from pdedsl.models.networks.mlp import MLP, MLPOptions
from pdedsl.models.networks.module import ModuleSpec
from pdedsl.models.networks.residual_mlp import ResidualMLPOptions

from .checks import MisfitError
from .inputs import Axis, Embedding
from .model import Model
from .parameters import Reader, Tape
from .registry import MODELS, GivenModel, Kind, ModelSpec, Spec

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "MODELS",
    "Axis",
    "BasisModel",
    "BasisModelOptions",
    "Embedding",
    "FourierOptions",
    "GivenModel",
    "JetTable",
    "Kind",
    "MLPOptions",
    "MisfitError",
    "Model",
    "ModelSpec",
    "ModuleSpec",
    "Reader",
    "ResidualMLPOptions",
    "Spec",
    "Tape",
    "compose",
    "jet_table",
]
