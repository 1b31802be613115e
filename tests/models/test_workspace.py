"""Memory that is used again, and only once nothing refers to it."""

from __future__ import annotations

import threading

import pytest
import torch

from pdedsl.models import jet_table
from pdedsl.models.jets.activations import tower
from pdedsl.models.jets.compose import compose
from pdedsl.models.jets.linear_map import linear_map
from pdedsl.models.jets.products import multiply_add
from pdedsl.models.runtime import workspace
from pdedsl.models.runtime.workspace import empty, empty_like, result

F = torch.float64
LIKE = torch.empty(0, dtype=F)
SHAPE = (64, 1024)


def address(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def test_memory_is_used_again_once_it_is_free():
    first = empty(SHAPE, LIKE)
    place = address(first)
    second = empty(SHAPE, LIKE)
    assert address(second) != place
    del first
    assert address(empty(SHAPE, LIKE)) == place


def test_views_arrays_and_graphs_keep_it():
    x = torch.ones(SHAPE, dtype=F, requires_grad=True)
    keepers = [
        lambda t: t[3:5],
        lambda t: t.detach(),
        lambda t: t.numpy(),
        lambda t: (x * t).sum(),  # saved for the reverse pass
    ]
    for keep in keepers:
        tensor = empty(SHAPE, LIKE).fill_(7.0)
        place, kept = address(tensor), keep(tensor)
        del tensor
        others = [empty(SHAPE, LIKE).zero_() for _ in range(4)]
        assert place not in [address(t) for t in others]
        del kept


def test_layout_precision_and_small_tensors():
    turned = torch.zeros(64, 3, 1024, dtype=torch.float32).permute(1, 2, 0)
    made = empty_like(turned)
    assert made.stride() == turned.stride()
    assert made.dtype == torch.float32
    assert made.shape == turned.shape
    assert not made._is_view()
    assert empty((2, 2), LIKE).untyped_storage().nbytes() == 32
    assert empty((0, 5), LIKE).shape == (0, 5)


def test_results_are_those_of_the_operation():
    x = torch.linspace(-3, 3, 64 * 1024, dtype=F).view(SHAPE)
    assert torch.equal(result(torch.tanh, x), torch.tanh(x))
    assert torch.equal(result(torch.mul, x, 2.0), 2 * x)
    mapped = torch.func.vmap(lambda row: result(torch.tanh, row))(x.expand(9, *SHAPE))
    assert torch.equal(mapped[4], torch.tanh(x))


def test_threads_do_not_share_free_memory():
    """A storage that one thread has just found free must not be found by another."""
    tensor = empty(SHAPE, LIKE)
    place = address(tensor)
    del tensor
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(address(empty(SHAPE, LIKE))))
    thread.start()
    thread.join()
    assert found[0] != place


def test_inference_mode_leaves_memory_usable():
    with torch.inference_mode():
        inside = empty((1 << 17,), LIKE).fill_(1.0)
        place = address(inside)
    del inside
    outside = empty((1 << 17,), LIKE)
    assert address(outside) == place
    x = torch.ones(1 << 17, dtype=F, requires_grad=True)
    (x * outside.fill_(2.0)).sum().backward()
    assert torch.equal(x.grad, torch.full((1 << 17,), 2.0, dtype=F))


def test_storages_that_are_kept_or_shared_are_not_used_again():
    for keep in (lambda t: t.untyped_storage(), lambda t: t.share_memory_().untyped_storage()):
        tensor = empty(SHAPE, LIKE).fill_(7.0)
        storage = keep(tensor)
        del tensor
        for _ in range(4):
            empty(SHAPE, LIKE).zero_()
        kept = torch.empty(0, dtype=F).set_(storage)
        assert torch.equal(kept[:10], torch.full((10,), 7.0, dtype=F))
        del kept, storage


def test_shared_memory_stays_what_it_was():
    """Sharing exchanges the memory under a storage whose use count does not tell."""
    tensor = empty(SHAPE, LIKE).fill_(7.0).share_memory_()
    place = address(tensor)
    view = tensor.numpy()
    del tensor
    assert place not in [address(empty(SHAPE, LIKE)) for _ in range(3)]
    assert (view == 7.0).all()


def test_idle_memory_is_bounded(monkeypatch: pytest.MonkeyPatch):
    pool = workspace._Pool()
    monkeypatch.setattr(workspace, "_IDLE", 1 << 20)
    held = [pool.take(1 << 18) for _ in range(12)]
    del held
    pool.give_back(0)
    sizes = [place.size for places in pool.places.values() for place in places]
    assert sum(sizes) <= 1 << 20
    assert pool.take(1 << 29).nbytes() >= 1 << 29
    assert sizes == [place.size for places in pool.places.values() for place in places]


def test_kept_tensors_do_not_slow_down_the_search(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workspace, "_LOOKS", 8)
    pool = workspace._Pool()
    held = [pool.take(1 << 16) for _ in range(50)]
    assert len(pool.places[1 << 16]) <= 9
    assert len({storage.data_ptr() for storage in held}) == 50


def test_another_default_device():
    torch.set_default_device("meta")
    try:
        assert empty(SHAPE, LIKE).device.type == "cpu"
    finally:
        torch.set_default_device("cpu")


def test_gradients_mapped_over_many_directions():
    table = jet_table(2, frozenset(), ((((0, 2), 1.0), ((2, 0), 1.0)),))
    jet = torch.randn(table.channels, 3, 2, dtype=F, requires_grad=True)
    weight = torch.randn(2, 2, dtype=F)

    def function(z: torch.Tensor) -> torch.Tensor:
        state = compose(tower("tanh"), linear_map(weight, z), None, table)
        return multiply_add(state, state, z, table).flatten()

    one, other = (
        torch.autograd.functional.jacobian(function, jet, vectorize=v) for v in (True, False)
    )
    torch.testing.assert_close(one, other)
