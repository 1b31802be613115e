"""States of trainings as text and arrays, from which the same states are made again, bit by bit.

Numbers, texts, lists, tuples, deques, mappings, tensors, arrays, and instances of the classes that
`pdedsl.optimizers.state.kept` registers. Reading runs no code: such instances are made of their
fields alone. What was one tensor in several places is one again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

Arrays = dict[str, NDArray[Any]]


class PackingError(ValueError):
    """What is read is no state of a training of this version."""


def pack(value: Any) -> tuple[Any, Arrays]:
    """A value as plain data for `json`, and the arrays that it names.

    Raises:
        TypeError: some part is of a kind that states do not have.
    """
    packer = _Packer()
    return packer.pack(value), packer.arrays


def unpack(data: Any, arrays: Mapping[str, NDArray[Any]], device: str = "cpu") -> Any:
    """The value that was packed; its tensors that were not on the CPU go to a device.

    Raises:
        PackingError: the data are not those of `pack`, or of another version.
    """
    try:
        return _Unpacker(arrays, device).unpack(data)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise PackingError(f"{type(error).__name__}: {error}") from error


class _Packer:
    def __init__(self) -> None:
        self.arrays: Arrays = {}
        self._names: dict[int, str] = {}
        self._alive: list[Any] = []  # so that no two have one identity

    def pack(self, value: Any) -> Any:
        import torch

        if isinstance(value, Enum):
            return {"enum": type(value).__name__, "name": value.name}
        if value is None or isinstance(value, bool | int | str | float):
            return float(value) if isinstance(value, np.floating) else value
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, np.ndarray):
            return {"array": self._name(value, value), **_form(value.shape, value.strides)}
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, list):
            return [self.pack(item) for item in value]
        if isinstance(value, tuple):
            return {"tuple": [self.pack(item) for item in value]}
        if isinstance(value, deque):
            return {"deque": [self.pack(item) for item in value], "most": value.maxlen}
        if isinstance(value, Mapping):
            return {"map": [[self.pack(k), self.pack(v)] for k, v in value.items()]}
        return self._object(value)

    def _object(self, value: Any) -> Any:
        from pdedsl.optimizers.state import KEPT

        name = type(value).__name__
        if KEPT.get(name) is not type(value):
            raise TypeError(f"a {name} cannot be part of the state of a training")
        return {"object": name, "fields": self.pack(dict(vars(value)))}

    def _tensor(self, tensor: Tensor) -> Any:
        form = _form(tensor.shape, tensor.stride())
        name = self._name(tensor, tensor.detach().cpu().numpy())
        return {"tensor": name, "cpu": tensor.device.type == "cpu", **form}

    def _name(self, owner: Any, array: NDArray[Any]) -> str:
        if id(owner) not in self._names:
            self._names[id(owner)] = name = f"a{len(self.arrays)}"
            self._alive.append(owner)
            order = _form(array.shape, array.strides)["order"]
            self.arrays[name] = np.ascontiguousarray(array.transpose(order)).reshape(-1)
        return self._names[id(owner)]


def _form(shape: Any, strides: Any) -> dict[str, Any]:
    """Shape, and the axes in the order in which they lie in memory, which decides rounding."""
    axes = sorted(range(len(shape)), key=lambda axis: (-strides[axis], axis))
    return {"shape": list(shape), "order": axes}


class _Unpacker:
    def __init__(self, arrays: Mapping[str, NDArray[Any]], device: str) -> None:
        self._arrays, self._device = arrays, device
        self._made: dict[str, Any] = {}

    def unpack(self, data: Any) -> Any:
        if isinstance(data, list):
            return [self.unpack(item) for item in data]
        if not isinstance(data, dict):
            return data
        if "array" in data or "tensor" in data:
            return self._numbers(data)
        if "tuple" in data:
            return tuple(self.unpack(item) for item in data["tuple"])
        if "deque" in data:
            return deque((self.unpack(item) for item in data["deque"]), maxlen=data["most"])
        if "map" in data:
            return {self.unpack(key): self.unpack(value) for key, value in data["map"]}
        return self._object(data)

    def _object(self, data: Mapping[str, Any]) -> Any:
        from pdedsl.optimizers.state import KEPT

        kind: Any = KEPT[data["enum" if "enum" in data else "object"]]
        if "enum" in data:
            return kind[data["name"]]
        made = object.__new__(kind)
        vars(made).update(self.unpack(data["fields"]))
        return made

    def _numbers(self, data: Mapping[str, Any]) -> Any:
        import torch

        name = data["tensor"] if "tensor" in data else data["array"]
        if name not in self._made:
            shape, order = data["shape"], data["order"]
            array = np.array(self._arrays[name]).reshape([shape[axis] for axis in order])
            back = [order.index(axis) for axis in range(len(order))]
            if "array" in data:
                self._made[name] = array.transpose(back)
            else:
                tensor = torch.from_numpy(array).permute(back)
                self._made[name] = tensor if data["cpu"] else tensor.to(self._device)
        return self._made[name]
