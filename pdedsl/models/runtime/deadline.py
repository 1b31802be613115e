"""A time of the clock at which evaluations end, whoever began them.

A step of a training or a trial of an estimate is a sum over chunks of points, of which nobody knows
how long they take before the first one is done. Who has no more than so many seconds says so
around the call, and the evaluation ends between two chunks.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import torch

T = TypeVar("T")

_FASTEST = 1e11
"""Operations a second of one thread in double precision, more than there are: what is refused would
be late in any case. Singular value decompositions of 400 to 1,600 columns had 2e10 to 3e10."""

_end: ContextVar[float] = ContextVar("deadline", default=math.inf)


class DeadlineError(Exception):
    """The time of an evaluation is spent."""


@contextmanager
def ending_within(seconds: float) -> Iterator[None]:
    """Evaluations in the block raise `DeadlineError` after so many seconds by the clock.

    A block around it may end them before.
    """
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def deadline() -> float:
    """The time of `time.monotonic` at which evaluations end; infinite where they need not."""
    return _end.get()


def until(end: float, items: Iterable[T]) -> Iterator[T]:
    """The items, as long as a time is not past; threads of their own know no block around them.

    Raises:
        DeadlineError: it is.
    """
    for item in items:
        if time.monotonic() > end:
            raise DeadlineError
        yield item


def refuse_late(operations: float) -> None:
    """Refuse a call that ends in one piece, where its operations take more than is left.

    Raises:
        DeadlineError: they would take so long on the fastest processor.
    """
    if _end.get() < time.monotonic() + operations / (_FASTEST * torch.get_num_threads()):
        raise DeadlineError
