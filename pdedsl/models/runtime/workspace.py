"""Memory for large results that is used again instead of being given back.

A chunk of rows goes through every layer with the same few sizes of tensors, thousands of times.
The allocator of the C library gives each of them back to the system and has the next one's pages
made anew, which takes longer than the arithmetic. Here the storage stays, and serves the next
tensor once nothing refers to it: no tensor, view, array or record of automatic differentiation.
So a tensor from here is like any other; who holds on to it keeps it.

Small tensors, tensors on devices (torch keeps their memory itself) and tensors that are mapped
or differentiated by torch.func are left to torch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from sys import getrefcount
from typing import Any

import torch
from torch import Tensor

from pdedsl.models.jets.differentiation import is_ordinary

# Below, in bytes, fresh memory is cheap; above, it is too much to be kept.
_SMALL, _LARGE = 1 << 16, 1 << 28
# Idle memory above this, in bytes, is given back, the least recently used first.
_IDLE = 1 << 30
# A storage that was found in use so often in a row belongs to someone who keeps it.
_LOOKS = 4096

COUNTS_USERS = hasattr(torch._C, "_storage_Use_Count")
"""Whether this version of torch says how many tensors refer to a storage."""
_users: Any = getattr(torch._C, "_storage_Use_Count", None)


class Place:
    """A storage, and how it looks when nothing else refers to it."""

    def __init__(self, size: int, clock: int) -> None:
        self.storage = torch.UntypedStorage(size, device="cpu")
        self.size, self.used, self.looks = size, clock, 0
        self.address, self._pointer = self.storage._cdata, self.storage.data_ptr()
        self.settle()

    def settle(self) -> None:
        """From now on, look like this when nothing else refers to it."""
        self._objects, self._tensors = getrefcount(self.storage), _users(self.address)

    @property
    def idle(self) -> bool:
        """Whether no tensor and no object of Python refers to the storage."""
        return (
            _users(self.address) == self._tensors
            and getrefcount(self.storage) == self._objects
            and not self.moved
        )

    @property
    def moved(self) -> bool:
        """Whether its memory was exchanged, as when it is shared with another process."""
        return self.storage.data_ptr() != self._pointer or self.storage.nbytes() != self.size


class _Pool(threading.local):
    """The storages of one thread, by size."""

    def __init__(self) -> None:
        self.places: dict[int, list[Place]] = {}
        self.clock = 0
        self.closed = False

    def take(self, size: int) -> torch.UntypedStorage:
        """A storage of at least so many bytes that nothing else refers to."""
        size = rounded(size)
        if size > _LARGE:
            return torch.UntypedStorage(size, device="cpu")
        self.clock += 1
        if self.clock % _LOOKS == 0:
            self.give_back(0)
        places = self.places.setdefault(size, [])
        for place in places:
            # The first that is free: it is in the cache more likely than one long unused.
            if place.idle:
                place.used, place.looks = self.clock, 0
                return place.storage
            place.looks += 1
        self.places[size] = [p for p in places if p.looks < _LOOKS and not p.moved]
        self.give_back(size)
        place = Place(size, self.clock)
        self.places[size].append(place)
        return place.storage

    def give_back(self, size: int) -> None:
        """Let go of idle storages, until those left and ``size`` are within the bound."""
        idle = sorted(
            (place for places in self.places.values() for place in places if place.idle),
            key=lambda place: place.used,
        )
        total = sum(place.size for place in idle) + size
        for place in idle:
            if total <= _IDLE:
                return
            self.places[place.size].remove(place)
            total -= place.size


_pool = _Pool()


@contextmanager
def closed() -> Iterator[None]:
    """Leave all memory to torch here, in this thread."""
    before, _pool.closed = _pool.closed, True
    try:
        yield
    finally:
        _pool.closed = before


def is_closed() -> bool:
    """Whether this thread leaves all memory to torch; see `closed`."""
    return _pool.closed


def rounded(size: int) -> int:
    """The next of the sizes k 2^m with 8 ≤ k < 16, so that like sizes share their storages."""
    step = 1 << max(0, size.bit_length() - 4)
    return -(-size // step) * step


def empty(shape: tuple[int, ...], like: Tensor) -> Tensor:
    """An uninitialised contiguous tensor of a shape, of the precision and device of ``like``."""
    return _made(*_layout(tuple(shape), None), like)


def empty_like(tensor: Tensor, rows: int | None = None) -> Tensor:
    """An uninitialised tensor of the shape and the order of memory of another one.

    ``rows`` is its length in the first axis, if another.
    """
    shape = tensor.shape if rows is None else (rows, *tensor.shape[1:])
    return _made(*_layout(tuple(shape), tensor.stride()), tensor)


@lru_cache(maxsize=4096)
def _layout(
    shape: tuple[int, ...], order: tuple[int, ...] | None
) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Shape, strides in the order of memory of other strides, and number of entries."""
    axes = list(range(len(shape)))
    if order is not None:
        axes.sort(key=lambda axis: order[axis], reverse=True)
    strides, count = [0] * len(shape), 1
    for axis in reversed(axes):
        strides[axis] = count
        count *= max(1, shape[axis])
    return shape, tuple(strides), count


def _made(shape: tuple[int, ...], strides: tuple[int, ...], count: int, like: Tensor) -> Tensor:
    size = count * like.itemsize
    kept = COUNTS_USERS and not _pool.closed and like.device.type == "cpu"
    if size < _SMALL or not kept or not is_ordinary(like):
        return torch.empty_strided(shape, strides, dtype=like.dtype, device=like.device)
    # No view of a tensor of the pool, which automatic differentiation would take for its base.
    out: Tensor = torch.empty(0, dtype=like.dtype, device="cpu").set_(
        _pool.take(size), 0, shape, strides
    )
    return out


def result(
    operation: Callable[..., Tensor], *arguments: Any, like: Tensor | None = None, **options: Any
) -> Tensor:
    """The result of an elementwise operation with a parameter ``out``, not to be differentiated.

    It is for use inside of nodes of automatic differentiation. Arguments are tensors of the same
    kind or numbers; ``like`` has the shape and the order of memory of the result, if not the first.
    """
    shape = arguments[0] if like is None else like
    if torch.compiler.is_compiling() or shape.numel() * shape.itemsize < _SMALL:
        return operation(*arguments, **options)
    if not all(is_ordinary(a) for a in arguments if isinstance(a, Tensor)):
        return operation(*arguments, **options)
    return operation(*arguments, **options, out=empty_like(shape))
