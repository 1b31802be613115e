"""Processes that carry out the orders of the first one, each on its share of the rows.

Only the first process (rank 0) solves: it has the clock, the files, the random numbers and the
optimizer. What it asks of a system whose rows are shared, such as the loss or the triangle of the
Jacobian, is an order to all: each process evaluates its share, and the results are added up or
gathered. So no decision is taken twice, and a run depends on the number of processes only by the
order of its sums. The processes speak through `torch.distributed`.
"""

from __future__ import annotations

import itertools
import pickle
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakSet, WeakValueDictionary

import torch
import torch.distributed as dist
from torch import Tensor

if TYPE_CHECKING:
    from .rank_share import RankShare
    from .shared_system import SharedSystem


class LostRankError(Exception):
    """A process of a group has ended, or answers no more."""


@dataclass(frozen=True)
class Order:
    """What all processes are to do.

    Args:
        function: is given the share of a system; or, where there is no key, the group, in all
            processes but the first.
        arguments: further ones.
        key: of the system.
        added: whether its results, lists of tensors, are added up; they are gathered else.
        dropped: keys of systems that nobody needs any more.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    key: int | None
    added: bool
    dropped: tuple[int, ...]


@dataclass(eq=False)
class RankGroup:
    """The processes as one of them sees them; see the module docstring.

    Args:
        rank: of this process, from 0 on.
        size: how many there are.

    Attributes:
        open: whether orders can be given.
        shares: of the systems that are shared, by key.
    """

    rank: int
    size: int
    open: bool = True
    shares: WeakValueDictionary[int, RankShare] = field(default_factory=WeakValueDictionary)
    _held: dict[int, RankShare] = field(default_factory=dict)
    _shared: WeakSet[SharedSystem] = field(default_factory=WeakSet)
    _keys: Iterator[int] = field(default_factory=itertools.count)
    _dropped: list[int] = field(default_factory=list)
    _at_work: bool = False

    # What the first process does.

    def take_in(self, system: SharedSystem) -> int:
        """A key for a system, whose rows are shared until the group ends."""
        self._shared.add(system)
        key = next(self._keys)
        weakref.finalize(system, self._dropped.append, key).atexit = False
        return key

    def total(self, key: int, function: Callable[..., Any], *arguments: Any) -> list[Tensor]:
        """The sums over all shares of a system of what a function of each gives.

        Raises:
            LostRankError: a process has ended.
            Exception: that of the function in the first process where it has failed.
        """
        return self._give(function, arguments, key, added=True)

    def gathered(self, key: int, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What a function of each share gives, by rank; it raises what `total` does."""
        return self._give(function, arguments, key)

    def do(self, function: Callable[..., None], *arguments: Any) -> None:
        """Have a function called with the group in all processes but this one."""
        self._give(function, arguments)

    def close(self) -> None:
        """End the other processes; whose rows were shared has them all again."""
        if self.open:
            self._leave()
            # Whoever was left in the midst of an order learns of it by a closed connection.
            if not self._at_work:
                with suppress(LostRankError):
                    _ask(dist.broadcast_object_list, [None], 0)
        dist.destroy_process_group()

    # What the others do.

    def serve(self) -> None:
        """Carry out orders until there are no more, or the first process is gone."""
        told: list[Order | None] = [None]
        try:
            _ask(dist.broadcast_object_list, told, 0)
            while (order := told[0]) is not None:
                self._carry_out(order)
                _ask(dist.broadcast_object_list, told, 0)
        except LostRankError:
            return
        dist.destroy_process_group()

    def hold(self, key: int, share: RankShare) -> None:
        """Hold a share until its system is dropped."""
        self.shares[key] = self._held[key] = share

    def _give(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        key: int | None = None,
        added: bool = False,
    ) -> list[Any]:
        order = Order(function, arguments, key, added, tuple(self._dropped))
        self._dropped.clear()
        self._at_work = True
        try:
            _ask(dist.broadcast_object_list, [order], 0)
            found = self._carry_out(order)
        except LostRankError:
            self._leave()
            raise
        except Exception:
            self._at_work = False  # all have told how the order ended
            raise
        self._at_work = False
        return found

    def _carry_out(self, order: Order) -> list[Any]:
        """Do as told; the results of all are for the first process."""
        for key in order.dropped:
            self._held.pop(key, None)
        found: Any = None
        failure: Exception | None = None
        try:
            if order.key is not None:
                found = order.function(self.shares[order.key], *order.arguments)
            elif self.rank > 0:
                order.function(self, *order.arguments)
        except Exception as error:
            failure = error
        failed = torch.tensor([failure is not None], dtype=torch.int32)
        _ask(dist.all_reduce, failed, dist.ReduceOp.MAX)
        if bool(failed):
            self._tell(failure)
            return []
        if not order.added:
            return self._gather(found)
        sums = [tensor.detach().clone() for tensor in found]
        for own in sums:
            _ask(dist.reduce, own, 0)
        return sums

    def _tell(self, failure: Exception | None) -> None:
        """Have the first process raise what the first one that failed has to say."""
        failures = self._gather(None if failure is None else _that_travels(failure))
        if self.rank == 0:
            raise next(error for error in failures if error is not None)

    def _gather(self, own: Any) -> list[Any]:
        found: list[Any] = [None] * self.size
        _ask(dist.gather_object, own, found if self.rank == 0 else None, 0)
        return found

    def _leave(self) -> None:
        self.open = False
        for system in list(self._shared):
            system.rejoin()


def _that_travels(failure: Exception) -> Exception:
    """An exception that another process can be given: itself, or its words."""
    try:
        pickle.loads(pickle.dumps(failure))
    except Exception:
        return RuntimeError(f"{type(failure).__name__}: {failure}")
    return failure


def _ask(call: Callable[..., Any], *arguments: Any) -> None:
    """A call of `torch.distributed`, all of which fail in the same way when a process is gone."""
    try:
        call(*arguments)
    except RuntimeError as error:
        raise LostRankError(str(error).splitlines()[0]) from error
