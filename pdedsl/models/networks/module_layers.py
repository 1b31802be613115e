"""Layers of torch as steps on jets: which have a rule, and which is the first without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from torch import nn

from pdedsl.models.jets.activations import Tower, tower
from pdedsl.models.parameters import Affine


@dataclass(frozen=True)
class NoRule:
    """What has no rule, in words."""

    what: str


Step = Affine | Tower
Places = Mapping[nn.Parameter, int]

# Whether torch's layer is the activation, for every class of layers that may be one.
_ACTIVATIONS: dict[type[nn.Module], tuple[str, Callable[[Any], bool]]] = {
    nn.Tanh: ("tanh", lambda layer: True),
    nn.SiLU: ("silu", lambda layer: True),
    nn.GELU: ("gelu", lambda layer: layer.approximate == "none"),
    nn.Softplus: ("softplus", lambda layer: layer.beta == 1),
}


def steps_of(module: nn.Module, places: Places) -> tuple[Step, ...] | NoRule:
    """The steps of a ``Sequential``, nested or not, or of a layer; or the first without a rule.

    ``places`` are the first indices in θ of the parameters that are trained.
    """
    if not _sequential(module) and _step(module, places) is None:
        return NoRule(f"the module {_describe(module)}")
    steps: list[Step] = []
    for number, layer in enumerate(_layers(module), start=1):
        step = _step(layer, places)
        if step is None:
            return NoRule(f"layer {number} ({_describe(layer)})")
        steps += step
    return tuple(steps)


def _sequential(module: nn.Module) -> TypeGuard[nn.Sequential]:
    return type(module) is nn.Sequential and not _has_hooks(module)


def _layers(module: nn.Module) -> Iterator[nn.Module]:
    if not _sequential(module):
        yield module
        return
    for child in module:
        yield from _layers(child)


def _step(layer: Any, places: Places) -> tuple[Step, ...] | None:
    """No step or one for a layer with a rule, None for the others."""
    kind = type(layer)  # subclasses may do something else
    if _has_hooks(layer):
        return None
    if kind is nn.Identity:
        return ()
    if kind is nn.Linear:
        weight, bias = layer.weight, layer.bias
        if weight not in places or not (bias is None or bias in places):
            return None
        return (Affine(layer.out_features, places[weight], None if bias is None else places[bias]),)
    if kind not in _ACTIVATIONS:
        return None
    name, exact = _ACTIVATIONS[kind]
    return (tower(name),) if exact(layer) else None


def _has_hooks(layer: nn.Module) -> bool:
    return bool(layer._forward_hooks or layer._forward_pre_hooks)


def _describe(layer: nn.Module) -> str:
    """The layer as torch prints it, with what else keeps it from having a rule."""
    text = repr(layer).removesuffix("()")
    said = text if "\n" not in text else type(layer).__name__
    if _has_hooks(layer):
        return f"{said} with hooks"
    fixed = type(layer) is nn.Linear and not all(p.requires_grad for p in layer.parameters())
    return f"{said} with fixed parameters" if fixed else said
