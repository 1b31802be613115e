"""A computation on tensors, taken down once as a list of torch's operations and then repeated.

At a thousand points an operation takes as long as what surrounds it: finding its memory, the
record of automatic differentiation and the reverse pass through it, views, functions of Python.
The list is made below all that, where torch hands each operation to its kernel; what is left
to repeat is the bare list, each operation with the tensors that it reads and writes. The results
are those of the function to the last bit but for the kernels' own rounding. Numpy's tanh takes the
place of torch's, as it does elsewhere (`activation_derivatives`).

The memory of a replay is its own, and an operation may take that of earlier ones that nothing
refers to any more (see `workspace`): repeated in the same order they are not needed either.
The same holds for replays one after another, which share an `Arena`.

A function can be recorded if it is made of torch's operations alone, if its branches do not depend
on values, and if nothing that it makes outlives it. Where torch can tell that this is not so,
`RefusedError` is raised: values that Python asks for, shapes that depend on values, random numbers,
writing to tensors from outside, results in a cache. Arrays of numpy are not seen.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from pdedsl.models.jets.activation_derivatives import NUMPY_TANH

from .workspace import COUNTS_USERS, Place, closed, rounded

# Operations that make memory, which is not filled.
_EMPTY = ("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided")
_ZEROS = ("zeros", "zeros_like", "new_zeros")
_REFUSED = (
    torch.Tag.data_dependent_output,
    torch.Tag.dynamic_output_shape,
    torch.Tag.nondeterministic_seeded,
)


class RefusedError(RuntimeError):
    """A function cannot be recorded; the message says why."""


class Arena:
    """Memory that replays share which are never repeated at the same time."""

    def __init__(self) -> None:
        self._places: dict[int, list[Place]] = {}

    def __iter__(self) -> Iterator[Place]:
        return (place for places in self._places.values() for place in places)

    @property
    def bytes(self) -> int:
        """How much there is."""
        return sum(place.size for place in self)

    @property
    def in_use(self) -> bool:
        """Whether something refers to it."""
        return not all(place.idle for place in self)

    def take(self, size: int) -> Place:
        """A storage of at least so many bytes that nothing refers to."""
        size = rounded(max(1, size))
        places = self._places.setdefault(size, [])
        for place in places:
            if place.idle:
                return place
        places.append(Place(size, 0))
        return places[-1]

    def settle(self) -> None:
        """Let what refers to the memory now, such as a replay, not stand in others' way."""
        for place in self:
            place.settle()

    def drop_used(self) -> bool:
        """Forget storages that are in use; whether there were any."""
        used = [place for place in self if not place.idle]
        for place in used:
            self._places[place.size].remove(place)
        return bool(used)


@dataclass(frozen=True)
class _Seen:
    """A tensor in an arena, without a reference to it."""

    address: int
    dtype: torch.dtype
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


# An operation, its arguments and options.
_Call = tuple[Callable[..., Any], Any, dict[str, Any]]


class _Tracer(TorchDispatchMode):
    """Takes down what is computed, and moves its results to an arena."""

    def __init__(self, arena: Arena) -> None:
        super().__init__()
        self.calls: list[_Call] = []
        self._arena = arena
        self._own: set[int] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here; to make sure of it, torch would load its compiler."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        name, refused, mutable = _known_of(func)
        if refused:
            raise RefusedError(f"{name} depends on values or on chance")
        if name in _EMPTY:
            return self._place(func(*args, **options))
        if mutable:
            return self._writing(func, name, args, options)
        given = {_address(t) for t in _tensors((args, options))}
        found = func(*args, **options)
        if all(_address(t) in given for t in _tensors(found)):
            return found  # a view, which is remade from its place in memory
        if not isinstance(found, Tensor):
            raise RefusedError(f"{name} has several results")
        return self._kept(func, name, args, options, found)

    def seen(self, tensor: Tensor) -> Tensor | _Seen:
        """A tensor without a reference to the arena."""
        if tensor.device.type != "cpu" or tensor.layout != torch.strided:
            raise RefusedError("only ordinary tensors on the CPU are recorded")
        address = _address(tensor)
        if address not in self._own:
            return tensor.detach()
        offset, shape = int(tensor.storage_offset()), tuple(tensor.shape)
        return _Seen(address, tensor.dtype, offset, shape, tensor.stride())

    def _note(self, operation: Callable[..., Any], args: Any, options: Any) -> None:
        args, options = _mapped((args, options), Tensor, self.seen)
        self.calls.append((operation, args, options))

    def _place(self, like: Tensor) -> Tensor:
        """A tensor of the arena that looks like another one."""
        reach = sum((n - 1) * step for n, step in zip(like.shape, like.stride(), strict=True))
        place = self._arena.take((reach + 1) * like.itemsize)
        self._own.add(place.address)
        return _at(place, 0, tuple(like.shape), like.stride(), like.dtype)

    def _writing(self, func: Any, name: str, args: Any, options: dict[str, Any]) -> Any:
        given = {
            **options,
            **dict(zip((a.name for a in func._schema.arguments), args, strict=False)),
        }
        for argument in func._schema.arguments:
            if argument.alias_info is not None and argument.alias_info.is_write:
                written = _tensors(given[argument.name])
                if not all(_address(tensor) in self._own for tensor in written):
                    raise RefusedError(f"{name} writes to a tensor from outside")
        plain = getattr(torch if "out" in options else Tensor, name, func)
        try:
            found = plain(*args, **options)
        except TypeError:  # what Python's own function does not take, before anything is written
            plain, found = func, func(*args, **options)
        self._note(plain, args, options)
        return found

    def _kept(self, func: Any, name: str, args: Any, options: Any, found: Tensor) -> Tensor:
        """Take down an operation with a result of its own."""
        place = self._place(found)
        plain = getattr(torch, name, None)
        if name in _ZEROS:
            self._note(Tensor.zero_, (place.zero_(),), {})
        elif plain is not None and _gives(plain, args, options, place, found):
            self._note(plain, args, {**options, "out": place})
        else:
            place.copy_(found)
            self._note(_copying(func), (place, *args), options)
        return place


@lru_cache(maxsize=4096)
def _known_of(func: Any) -> tuple[str, bool, bool]:
    """Name of an operation, whether it cannot be recorded, and whether it writes to arguments."""
    name = func._schema.name.removeprefix("aten::")
    return name, any(tag in func.tags for tag in _REFUSED), func._schema.is_mutable


def _tensors(value: Any) -> Iterator[Tensor]:
    """The tensors of arguments, which operations take in lists at most."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)


def _mapped(value: Any, kind: type, function: Callable[[Any], Any]) -> Any:
    """Arguments with each one of a kind replaced."""
    if isinstance(value, kind):
        return function(value)
    if isinstance(value, dict):
        return {name: _mapped(part, kind, function) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [_mapped(part, kind, function) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _at(
    place: Place, offset: int, shape: Sequence[int], strides: Sequence[int], dtype: torch.dtype
) -> Tensor:
    out: Tensor = torch.empty(0, dtype=dtype).set_(place.storage, offset, shape, strides)
    return out


def _gives(
    operation: Callable[..., Any], args: Any, options: Any, place: Tensor, wanted: Tensor
) -> bool:
    """Whether an operation can write its result, which is known, to a place."""
    try:
        operation(*args, **options, out=place)
    except (TypeError, RuntimeError, NotImplementedError):
        return False
    return torch.equal(place, wanted)


def _copying(operation: Callable[..., Tensor]) -> Callable[..., None]:
    def call(place: Tensor, *args: Any, **options: Any) -> None:
        place.copy_(operation(*args, **options))

    return call


def _quicker(operation: Callable[..., Any], arguments: tuple[Any, ...], options: Any) -> Any:
    """A call, by numpy where that is the same and quicker."""
    if operation is Tensor.tanh_ and arguments[0].dtype in NUMPY_TANH:
        place = arguments[0].numpy()
        return np.tanh, (place,), {"out": place}
    return operation, arguments, options


class Replay:
    """A function of tensors, to be repeated for other values of them.

    Args:
        function: from the inputs to results; see the module docstring for what it may do.
        inputs: tensors on the CPU, with the values to record it with.
        arena: memory for everything between; at most one replay with it runs at a time.

    Raises:
        RefusedError: the function cannot be recorded.
    """

    def __init__(
        self, function: Callable[..., Sequence[Tensor]], inputs: Sequence[Tensor], arena: Arena
    ) -> None:
        if not COUNTS_USERS:
            raise RefusedError("this version of torch does not count the users of memory")
        if any(value.device.type != "cpu" for value in inputs):
            raise RefusedError("only ordinary tensors on the CPU are recorded")
        self.inputs = [value.detach().clone() for value in inputs]
        tracer = _Tracer(arena)
        try:
            with closed(), tracer:
                results = function(*self.inputs)
                seen = [tracer.seen(value.detach()) for value in results]
                del results
        finally:
            if arena.in_use:
                gc.collect()  # a graph may hold itself
            held = arena.drop_used()
        if held:
            raise RefusedError("something that the function made outlives it")
        self._make(tracer.calls, seen, arena)

    def _make(self, calls: list[_Call], results: list[Tensor | _Seen], arena: Arena) -> None:
        places = {place.address: place for place in arena}
        made: dict[_Seen, Tensor] = {}

        def tensor(seen: _Seen) -> Tensor:
            if seen not in made:
                place = places[seen.address]
                made[seen] = _at(place, seen.offset, seen.shape, seen.strides, seen.dtype)
            return made[seen]

        with torch.inference_mode():
            self._calls = [
                _quicker(operation, *_mapped((args, options), _Seen, tensor))
                for operation, args, options in calls
            ]
            self._results = _mapped(results, _Seen, tensor)
        arena.settle()

    def __len__(self) -> int:
        """Number of operations."""
        return len(self._calls)

    def __call__(self, *inputs: Tensor) -> list[Tensor]:
        """The results for other values of the inputs, of the same shapes.

        They lie in the arena: take what you need of them before any replay of it runs again.
        """
        with torch.inference_mode():
            for place, value in zip(self.inputs, inputs, strict=True):
                place.copy_(value)
            for operation, arguments, options in self._calls:
                operation(*arguments, **options)
        return self._results
