"""What an object of a training knows at a moment, so that another like it can go on from there.

The state is plain data: numbers, texts, tensors, arrays, lists, tuples, deques, mappings, and
instances of classes that are registered by `kept`. Objects that a training is made of (optimizers,
line searches, rules, the watch) derive from `Stateful`. They are built anew by their options, and
then take the state over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
import torch
from torch import Tensor

State = dict[str, Any]
Kind = TypeVar("Kind", bound=type)

KEPT: dict[str, type] = {}
"""Classes whose instances may be part of a state, by name: fields alone, no code."""


def kept(kind: Kind) -> Kind:
    """Register a class whose instances may be part of a state."""
    if KEPT.setdefault(kind.__name__, kind) is not kind:
        raise ValueError(f"two classes of the name {kind.__name__} cannot both be kept")
    return kind


class Stateful:
    """An object whose attributes are its state, but those of the names in ``_passing``.

    These are what its options give anew, what others own, and what is worked out again when it is
    missing, to the same numbers.
    """

    _passing: ClassVar[frozenset[str]] = frozenset()

    def state(self) -> State:
        """The state, which shares tensors and arrays with the object."""
        passing = frozenset().union(*(vars(k).get("_passing", ()) for k in type(self).__mro__))
        return {name: _taken(own) for name, own in vars(self).items() if name not in passing}

    def restore(self, state: State) -> None:
        """Take a state over from an object of the same class and the same options."""
        for name, value in state.items():
            if not _given_back(getattr(self, name, None), value):
                setattr(self, name, value)


def _taken(own: Any) -> Any:
    if isinstance(own, Stateful):
        return own.state()
    if isinstance(own, np.random.Generator):
        return own.bit_generator.state
    if isinstance(own, torch.Generator):
        return own.get_state()
    if hasattr(own, "load_state_dict"):  # optimizers and schedulers of torch
        return own.state_dict()
    return own


def _given_back(own: Any, value: Any) -> bool:
    """Give a state back to an attribute that stays the same object; False where there is none."""
    if isinstance(own, Stateful):
        own.restore(value)
    elif isinstance(own, np.random.Generator):
        own.bit_generator.state = value
    elif isinstance(own, torch.Generator):
        own.set_state(value)
    elif hasattr(own, "load_state_dict"):
        own.load_state_dict(value)
    elif isinstance(own, Tensor) and own.requires_grad:  # an optimizer of torch refers to it
        copy_into(own, value)
    else:
        return False
    return True


def copy_into(own: Tensor, value: Tensor) -> None:
    """Change a tensor in place, which others refer to."""
    with torch.no_grad():
        own.copy_(value)


def copy_all_into(own: Mapping[str, Tensor], values: Mapping[str, Tensor]) -> None:
    """`copy_into` for tensors by name."""
    for name, tensor in own.items():
        copy_into(tensor, values[name])
