"""Architectures by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from torch import nn

from pdedsl.diagnostics import nearest
from pdedsl.models.networks.module import ModuleSpec

from .bases import model as basis
from .inputs import Axis
from .model import Model
from .networks import fourier, mlp, modified_mlp, residual_mlp
from .windows import Windows, WindowsOptions, build_windows


@dataclass(frozen=True)
class Kind:
    """An architecture: its class of options and its builder."""

    options: type
    build: Callable[[dict[str, Any], tuple[Axis, ...], int], Model]


def _piece(options: dict[str, Any], axes: tuple[Axis, ...], outputs: int) -> Model:
    return ModelSpec.of(options).build(axes, outputs)


def _windows(options: dict[str, Any], axes: tuple[Axis, ...], outputs: int) -> Windows:
    return build_windows(WindowsOptions(**options), axes, outputs, _piece)


MODELS: dict[str, Kind] = {
    "mlp": Kind(mlp.MLPOptions, mlp.build),
    "modified_mlp": Kind(modified_mlp.ModifiedMLPOptions, modified_mlp.build),
    "residual_mlp": Kind(residual_mlp.ResidualMLPOptions, residual_mlp.build),
    "fourier": Kind(fourier.FourierOptions, fourier.build),
    "basis": Kind(basis.BasisModelOptions, basis.build),
    "windows": Kind(WindowsOptions, _windows),
}


class Spec(Protocol):
    """What a model is made from."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Its options by name."""
        ...

    def build(self, axes: tuple[Axis, ...], outputs: int) -> Model:
        """The model for these inputs and this number of components."""
        ...


@dataclass(frozen=True)
class ModelSpec:
    """A kind of model and its options, such as ``ModelSpec("mlp", {"width": 64})``.

    Raises:
        ValueError: an unknown kind, or an option or value that the kind does not know.
    """

    kind: str = "mlp"
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in MODELS:
            raise ValueError(f"model: expected one of {', '.join(MODELS)}, got {self.kind!r}")
        known = [f.name for f in fields(MODELS[self.kind].options)]
        for name in self.options:
            if name not in known:
                near = nearest(name, known)
                hint = f"; did you mean {near}?" if near else ""
                raise ValueError(
                    f"model {self.kind}: unknown option {name!r}{hint} It has {', '.join(known)}."
                )
        MODELS[self.kind].options(**self.options)

    @classmethod
    def of(cls, model: GivenModel) -> Spec:
        """Accept a name, a mapping with ``kind`` (``mlp`` if absent), a module, or a spec."""
        if model is None:
            return cls()
        if isinstance(model, nn.Module):
            return ModuleSpec(model)
        if isinstance(model, ModelSpec | ModuleSpec):
            return model
        if isinstance(model, str):
            return cls(model)
        options = dict(model)
        return cls(options.pop("kind", "mlp"), options)

    def build(self, axes: tuple[Axis, ...], outputs: int) -> Model:
        """The model for these inputs and this number of components."""
        return MODELS[self.kind].build(dict(self.options), axes, outputs)


GivenModel = ModelSpec | ModuleSpec | Mapping[str, Any] | nn.Module | str | None
