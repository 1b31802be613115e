"""The Python interface: what may be given, what comes back, and what is refused at once."""

from __future__ import annotations

import copy
import math
import pickle
import warnings

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.results import Solution

LINE = """problem "line"
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = -pi^2*sin(pi*x)
bc: u = 0  on boundary
exact u = sin(pi*x)
"""
FLOW = """problem "flow"
domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2, p(x, y)
eq: -lap(v) + grad(p) = (0, 0), div(v) = 0
bc: v = (y, x)  on boundary
eq gauge: integral(p, Omega) = 0
"""


@pytest.fixture(scope="module")
def solved() -> Solution:
    return pdedsl.solve(LINE, budget=5)


def test_a_text_and_a_path_are_read(tmp_path):
    path = tmp_path / "line.pde"
    path.write_text(LINE)
    for given in (LINE, str(path), path):
        problem, report, source = pdedsl.check(given)
        assert problem is not None and len(report) == 0 and source.text == LINE
    assert float(pdedsl.solve(str(path), budget=5)(x=0.5)) == pytest.approx(1)
    assert "elliptic" in str(pdedsl.analyze(LINE)) or "ordinary" in str(pdedsl.analyze(LINE))
    assert pdedsl.compile(LINE, model="mlp").parameters > 0


def test_text_and_file_taken_for_each_other_say_what_to_write():
    with pytest.raises(pdedsl.UserError, match=r"pdedsl\.parse\(text\)"):
        pdedsl.load(LINE)
    with pytest.raises(pdedsl.UserError, match=r"pdedsl\.load\('line\.pde'\)"):
        pdedsl.parse("line.pde")
    with pytest.raises(pdedsl.UserError, match="E111"):
        pdedsl.solve("there is no such.pde")


@pytest.mark.parametrize("again", [copy.deepcopy, lambda own: pickle.loads(pickle.dumps(own))])
def test_problems_and_reports_are_copied(again):
    for text in (LINE, FLOW):
        problem, report, source = again(pdedsl.check(text))
        assert [law.label for law in problem.laws] == [law.label for law in pdedsl.parse(text).laws]
        assert repr(report) == "<Report: 0 errors, 0 lints>" and source.text == text
    other = again(pdedsl.parse("param k = 1\n" + LINE.replace("= -pi", "= -k*pi")))
    assert other.with_params(k=2.0).parameters[0].value == 2.0
    assert str(again(pdedsl.analyze(LINE))) == str(pdedsl.analyze(LINE))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda own: pickle.loads(pickle.dumps(own))])
def test_solutions_are_copied(solved, again):
    other = again(solved)
    assert type(other) is type(solved)
    assert other(x=0.3) == solved(x=0.3)
    assert (other.status, other.errors, other.run) == (solved.status, solved.errors, solved.run)
    assert again(other)(x=0.3) == solved(x=0.3)


def test_systems_are_copied():
    system = pdedsl.compile(LINE, model={"kind": "mlp", "width": 4})
    other = pickle.loads(pickle.dumps(system))
    assert torch.equal(system.residual(system.theta0), other.residual(other.theta0))


def test_everything_shows_itself_in_one_line(solved):
    shown = [pdedsl.parse(FLOW), pdedsl.check(FLOW)[1], solved, pdedsl.analyze(LINE)]
    shown.append(pdedsl.compile(LINE, model="mlp"))
    for own in shown:
        assert "\n" not in repr(own) and len(repr(own)) < 120
    assert repr(shown[0]) == "<Problem 'flow': unknown v(x, y), p(x, y); laws eq, bc, gauge>"
    assert "converged" in repr(solved)


def test_points_outside_of_the_domain_warn(solved):
    with pytest.warns(UserWarning, match="x = 1.5 lies outside of the domain"):
        solved(x=1.5)
    with pytest.warns(UserWarning, match="2 of 3 points lie outside .* first is x = -1"):
        solved.derivative("u_x")(x=[0.5, -1, 2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solved(x=[0.0, 0.5, 1.0])


def test_tensors_evaluate_with_gradients_of_any_order(solved):
    x = torch.linspace(0, 1, 5, dtype=torch.float64, requires_grad=True)
    values = solved(x=x)
    (slope,) = torch.autograd.grad(values.sum(), x, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), x)
    expected = torch.sin(torch.pi * x).detach()
    np.testing.assert_allclose(values.detach(), expected, atol=1e-12)
    np.testing.assert_allclose(
        slope.detach(), torch.pi * torch.cos(torch.pi * x.detach()), atol=1e-10
    )
    np.testing.assert_allclose(bend, -(np.pi**2) * expected, atol=1e-8)


def test_tensors_broadcast_and_keep_their_precision():
    flow = pdedsl.solve(FLOW, budget=5)
    x = torch.tensor([[0.25], [0.5]], requires_grad=True)
    y = torch.tensor([0.1, 0.2, 0.7])
    found = flow(x=x, y=y)
    assert found["v"].shape == (2, 2, 3) and found["v"].dtype == torch.float32
    np.testing.assert_allclose(found["v"][0].detach(), np.tile(y, (2, 1)), atol=1e-6)
    found["v"][1].sum().backward()
    np.testing.assert_allclose(x.grad, np.full((2, 1), 3.0), atol=1e-5)
    with pytest.raises(TypeError, match="missing y"):
        flow(x=x)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"budget": math.nan}, "budget: expected seconds above 0"),
        ({"budget": "5"}, "budget: expected seconds above 0"),
        ({"budget": -1}, "budget: expected seconds above 0"),
        ({"seed": "a"}, "seed: expected a whole number"),
        ({"threads": 0}, "threads: expected a whole number"),
        ({"device": "tpu"}, "'tpu' is not a device"),
        ({"dtype": "float16"}, "not a precision"),
        ({"settings": [("model.widht", "5")]}, "there is no key widht"),
        ({"settings": [("modl.width", "5")]}, "there is no section"),
        ({"settings": [("model.width", "100000")]}, "GiB at least"),
        ({"method": "adam", "settings": [("model.width", "100000")]}, "GiB at least"),
        ({"method": "lmm"}, "no method named lmm"),
    ],
)
def test_wrong_options_are_refused_before_a_method_is_chosen(options, said, monkeypatch):
    def never(*_, **__):
        raise AssertionError("the choice has begun")

    monkeypatch.setattr("pdedsl.choice.auto.choose", never)
    with pytest.raises((ValueError, pdedsl.UserError), match=said):
        pdedsl.solve(LINE, **options)
