"""Models by the name of their kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from pdedsl.options.faults import validate
from pdedsl.options.section import by_kind

from .model import ModelOptions
from .networks.mlp import MlpOptions
from .networks.module import ModuleSpec
from .partition import FbpinnOptions
from .single import SINGLE
from .windows import WindowsOptions

_COMPOSED: tuple[type[ModelOptions], ...] = (WindowsOptions, FbpinnOptions)
MODELS = {**SINGLE, **by_kind(_COMPOSED)}

GivenModel = ModelOptions | ModuleSpec | Mapping[str, Any] | nn.Module | str | None


def model_options(model: GivenModel) -> ModelOptions | ModuleSpec:
    """What builds a model: its options, or a module of torch in their place.

    Args:
        model: a name, a mapping with ``kind`` (``mlp`` if absent), a module, or what is returned.

    Raises:
        ValueError: an unknown kind, or an option or value that the kind does not know.
    """
    if model is None:
        return MlpOptions()
    if isinstance(model, nn.Module):
        return ModuleSpec(model)
    if isinstance(model, ModelOptions | ModuleSpec):
        return model
    given = {"kind": model} if isinstance(model, str) else {"kind": "mlp", **model}
    kind = given["kind"]
    if kind not in MODELS:
        raise ValueError(f"model: expected one of {', '.join(MODELS)}, got {kind!r}")
    return validate(MODELS[kind], given, f"model {kind}")
