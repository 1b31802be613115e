"""Which network a problem gets."""

from __future__ import annotations

from typing import Any

import pytest

from pdedsl import api
from pdedsl.choice.auto import choose, without_windows
from pdedsl.choice.choice import Choice
from pdedsl.choice.traits import traits
from pdedsl.compiler.lowering.lower import lower
from pdedsl.ir import Problem
from tests import small
from tests.conftest import ROOT

POINTWISE = """domain O: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t = u*(1 - u)
ic: u = x/2  at t = 0
"""
RANGE = """param   r in [1, 2]
time    t in [0, 1]
unknown u(t, r)
eq: u_t = r*u*(1 - u)
ic: u = 1/2  at t = 0
"""
INVERSE = """param   k = 1
time    t in [0, 1]
domain  O: x in [0, 1]
unknown u(x, t)
unknown c > 0 guess 1
eq: u_t = c*u*(1 - u)
ic: u = x/2  at t = 0
"""


def _network(problem: Problem) -> Choice:
    return choose(lower(problem), network=True)


def _model(choice: Choice) -> Any:
    return choice.method.model


def test_a_nonlinear_evolution_of_each_point_has_windows():
    model = _model(_network(api.parse(POINTWISE)))
    assert model.kind == "windows"
    assert model.pieces[0].kind == "mlp"


@pytest.mark.parametrize("text", [RANGE, INVERSE])
def test_windows_only_where_they_can_be(text: str):
    assert _model(_network(api.parse(text))).kind == "mlp"


def test_diffusion_has_its_last_layer_at_the_optimum():
    """Heat equations have it; wave equations, where that loses all, have not, nor has Poisson's."""
    for name, wanted in (("heat_quarter", True), ("wave", False), ("poisson_2d", False)):
        choice = _network(api.load(ROOT / "specs" / f"{name}.pde"))
        assert choice.method.optimizer.projection is wanted, name


def test_orders():
    facts = traits(api.load(ROOT / "specs" / "kuramoto_sivashinsky.pde"))
    assert (facts.time_order, facts.space_orders) == (1, (1, 2, 4))
    assert traits(api.parse(small.PLANE)).time_order == 0
    assert traits(api.load(ROOT / "specs" / "wave.pde")).time_order == 2


def test_the_kind_of_the_windows_is_no_change():
    choice = _network(api.parse(POINTWISE))
    same, left = without_windows(choice, {"model.kind": "mlp", "weights.ic": 5.0})
    assert same is choice and left == {"weights.ic": 5.0}


@pytest.mark.parametrize("changes", [{"model.width": 9}, {"model.kind": "modified_mlp"}])
def test_other_options_are_those_of_one_network(changes: dict[str, Any]):
    choice = _network(api.parse(POINTWISE))
    single, left = without_windows(choice, changes)
    assert _model(single).kind == "mlp" and left == changes
    assert "one network for all of time" in single.why
