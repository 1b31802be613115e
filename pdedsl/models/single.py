"""The kinds of models whose parameters serve the whole domain; a new one is a line here."""

from __future__ import annotations

from pdedsl.options.section import by_kind

from .bases import BasisOptions
from .model import ModelOptions
from .networks.fourier import FourierOptions
from .networks.mlp import MlpOptions
from .networks.modified_mlp import ModifiedMlpOptions
from .networks.multiscale_fourier import MultiscaleFourierOptions
from .networks.residual_mlp import ResidualMlpOptions

_ALL: tuple[type[ModelOptions], ...] = (
    MlpOptions,
    ModifiedMlpOptions,
    ResidualMlpOptions,
    FourierOptions,
    MultiscaleFourierOptions,
    BasisOptions,
)
SINGLE = by_kind(_ALL)
