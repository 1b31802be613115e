"""A training that goes on from a state that was kept makes the numbers of one without a break."""

from __future__ import annotations

import json

import pytest
import torch

import pdedsl
from pdedsl.optimizers.registry import OPTIMIZERS
from pdedsl.runs.packing import PackingError, pack, unpack
from pdedsl.settings.method import Method
from pdedsl.solution.building import build_system
from pdedsl.training.rules.registry import RULES
from pdedsl.training.train import train
from tests.small import HEAT, PLANE

NETWORK = {"kind": "mlp", "width": 6, "depth": 2}
POINTS = {"eq": 60, "bc": 24, "ic": 16}
STAGE = {"iterations": 9, "patience": 1000}


class Shelf:
    """Keeps the states after some iterations as a file would have them."""

    def __init__(self, every=1):
        self.every, self.kept = every, {}

    def due(self, iterations):
        return iterations % self.every == 0

    def keep(self, state, iterations):
        data, arrays = pack(state)
        self.kept[iterations] = json.dumps(data), {n: a.copy() for n, a in arrays.items()}

    def state(self, iterations):
        data, arrays = self.kept[iterations]
        return unpack(json.loads(data), arrays)


def method_of(**sections):
    given = {"model": NETWORK, "sampling": {"points": POINTS}} | sections
    return Method.model_validate(given)


def trained(text, method, **more):
    system = build_system(pdedsl.parse(text), method, seed=3)
    return train(system, method, seed=3, **more)


def check_resumed(text, method, places=None):
    """Go on from states of a training, and end where it has ended."""
    shelf = Shelf()
    whole = trained(text, method, keeper=shelf)
    assert trained(text, method).theta.tolist() == whole.theta.tolist()
    places = places or sorted(shelf.kept)[:: max(1, len(shelf.kept) // 3)]
    for place in places:
        again = trained(text, method, resumed=shelf.state(place), keeper=(later := Shelf()))
        assert torch.equal(again.theta, whole.theta), place
        assert (again.loss, again.status, again.reason) == (whole.loss, whole.status, whole.reason)
        assert again.iterations == whole.iterations
        if place < (last := max(shelf.kept)):
            ends = shelf.kept[last][1], later.kept[last][1]
            assert all((ends[0][name] == ends[1][name]).all() for name in ends[0])


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
@pytest.mark.parametrize("resample", [0, 4])
def test_every_optimizer(kind, resample):
    sampling = {"points": POINTS} | ({"resample": resample} if resample else {})
    method = method_of(optimizer=STAGE | {"kind": kind}, sampling=sampling)
    check_resumed(HEAT, method)


@pytest.mark.parametrize("kind", sorted(set(RULES) - {"best_kappa"}))  # which is for bases
@pytest.mark.parametrize("optimizer", ["adam", "lm"])
def test_every_rule(kind, optimizer):
    often = dict.fromkeys(("annealing", "ntk", "grad_norm", "relobralo"), 2)
    more = {"weights": {"bc": 5.0}, "iterations": 6, "every": 2} if kind == "ramp" else {}
    more |= {"every": often[kind]} if kind in often else {}
    rule = {"kind": kind} | more
    stages = [STAGE | {"kind": optimizer}, STAGE | {"kind": "gd", "iterations": 5}]
    check_resumed(HEAT, method_of(schedule={"rules": [rule], "stages": stages}))


@pytest.mark.parametrize("adaptive", [{"kind": "rad"}, {"kind": "rar_d", "added": 7}])
def test_points_that_follow_the_residual(adaptive):
    sampling = {"points": POINTS, "resample": 3, "adaptive": adaptive}
    check_resumed(HEAT, method_of(optimizer=STAGE | {"kind": "lm"}, sampling=sampling))


def test_stages_starts_and_held_out_points():
    stages = [STAGE | {"kind": "adam"}, STAGE | {"kind": "lbfgs"}]
    schedule = {"stages": stages, "starts": {"seeds": 2, "iterations": 3}, "fresh": {"every": 4}}
    check_resumed(HEAT, method_of(schedule=schedule | {"last_layer": "least_squares"}))


def test_windows():
    model = {"kind": "windows", "count": 3, "pieces": [NETWORK]}
    check_resumed(HEAT, method_of(model=model, optimizer=STAGE | {"kind": "lm"}))


def test_estimates_of_a_laplacian():
    derivatives = {"laplacian": "sparse", "directions": 1}
    sampling = {"points": POINTS, "resample": 2}
    method = method_of(
        optimizer=STAGE | {"kind": "adam"}, derivatives=derivatives, sampling=sampling
    )
    check_resumed(PLANE, method)


def test_single_precision():
    check_resumed(HEAT, method_of(optimizer=STAGE | {"kind": "lm"}, precision={"dtype": "float32"}))


@pytest.mark.parametrize("status", ["iterations", "interrupted"])
def test_going_on_after_the_end(status):
    longer = STAGE | {"kind": "lm", "iterations": 14}
    whole = trained(HEAT, method_of(optimizer=longer))
    shelf, asked = Shelf(), iter(range(10**6))
    if status == "interrupted":
        stop = {"should_stop": lambda: next(asked) >= 6}
        first = trained(HEAT, method_of(optimizer=longer), keeper=shelf, **stop)
    else:
        first = trained(HEAT, method_of(optimizer=STAGE | {"kind": "lm"}), keeper=shelf)
    assert first.status == status
    last = shelf.state(max(shelf.kept))
    again = trained(HEAT, method_of(optimizer=longer), resumed=last)
    assert torch.equal(again.theta, whole.theta)
    assert again.iterations == whole.iterations


def test_a_state_that_no_version_has_written_is_refused():
    with pytest.raises(PackingError):
        unpack({"object": "System", "fields": {"map": []}}, {})
    with pytest.raises(TypeError, match="cannot be part"):
        pack({"theta": object()})
