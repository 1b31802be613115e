"""Giving memory that is free back to the system, in passes over many points.

Arrays of many sizes that come and go leave holes in the heap of the C library, which it keeps: a
loss at 900,000 points in 3,000 chunks held 4.2 GB where 0.6 were in use.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeVar

T = TypeVar("T")

_EVERY = 256
"""Chunks after which it is done: so many take a second or more, and giving back some 10 ms."""


def giving_back(chunks: Iterable[T]) -> Iterator[T]:
    """The chunks, with free memory given back after every few hundred."""
    for number, chunk in enumerate(chunks, 1):
        yield chunk
        if number % _EVERY == 0:
            _give_back()


def _give_back() -> None:
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> ctypes._NamedFuncPointer | None:
    """What the C library has for it; that of GNU alone does."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
