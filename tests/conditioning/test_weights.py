from __future__ import annotations

import re
from math import inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.conditioning import weights
from pdedsl.conditioning.gram import Gram, Term
from pdedsl.conditioning.weights import (
    Pencil,
    best_weight,
    best_weights,
    kappa_curve,
    natural_weight,
)

from .setups import MIXED, NEUMANN, POISSON, STOKES, gram_of, random_gram


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 9999))
def test_kappa_falls_and_then_rises(seed: int) -> None:
    curve = np.log(kappa_curve(random_gram(seed), np.logspace(-4, 4, 41)))
    least = int(np.argmin(curve))
    assert (np.diff(curve[: least + 1]) <= 1e-7).all()
    assert (np.diff(curve[least:]) >= -1e-7).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 9999), part=st.floats(0.05, 0.95))
def test_kappa_is_quasi_convex_in_all_weights(seed: int, part: float) -> None:
    gram = random_gram(seed, laws=4)
    pencil = Pencil([t.factor for t in gram.terms])
    rng = np.random.default_rng(seed)
    a, b = np.exp(3 * rng.normal(size=(2, 4)))
    between = pencil.kappa(part * a + (1 - part) * b)
    assert between <= max(pencil.kappa(a), pencil.kappa(b)) * (1 + 1e-8)


@settings(max_examples=2000, deadline=None)
@given(seed=st.integers(0, 9999))
def test_the_best_weight_beats_a_fine_scan(seed: int) -> None:
    gram = random_gram(seed)
    found = best_weight(gram)
    scan = kappa_curve(gram, found.weight * np.logspace(-3, 3, 301))
    bounded = found.valley[0] > 0 and found.valley[1] < inf
    assert found.kappa <= scan.min() * (1 + (1e-6 if bounded else 0.011))
    assert found.kappa == pytest.approx(kappa_curve(gram, [found.weight])[0], rel=1e-9)
    assert found.kappa_at_one == pytest.approx(kappa_curve(gram, [1.0])[0], rel=1e-9)


def test_the_valley_ends_ten_percent_above() -> None:
    gram = gram_of(POISSON, modes=6)
    found = best_weight(gram)
    low, high = found.valley
    assert low < found.weight < high
    np.testing.assert_allclose(kappa_curve(gram, [low, high]), 1.1 * found.kappa, rtol=1e-3)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 9999))
def test_several_weights_are_no_worse_than_one(seed: int) -> None:
    gram = random_gram(seed, laws=4)
    found = best_weights(gram)
    assert found.kappa <= found.common.kappa * (1 + 1e-12)
    assert found.weights["eq.0"] == 1
    factors = [t.factor for t in gram.terms]
    here = Pencil(factors).kappa([found.weights[label] for label in gram.labels])
    assert here == pytest.approx(found.kappa, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_several_weights_beat_a_grid(seed: int) -> None:
    gram = random_gram(seed)
    found = best_weights(gram)
    pencil = Pencil([t.factor for t in gram.terms])
    grid = found.common.weight * np.logspace(-2, 2, 17)
    assert found.kappa <= 1.001 * min(pencil.kappa((1.0, a, b)) for a in grid for b in grid)


def test_several_weights_find_the_balance_of_parts_that_do_not_meet() -> None:
    pieces = [np.diag([1.0, 0, 0]), np.diag([0, 100.0, 0]), np.diag([0, 0, 0.01])]
    gram = random_gram(0, size=3)
    terms = [
        type(t)(t.label, t.kind, t.interior, f, 1.0, 1, "", True)
        for t, f in zip(gram.terms, pieces, strict=True)
    ]
    found = best_weights(Gram(tuple(terms), 3), span=1e6)
    assert found.common.kappa == pytest.approx(1e8, rel=1e-3)
    assert found.kappa == pytest.approx(1, abs=1e-2)
    assert found.weights["bc.1"] == pytest.approx(1e-4, rel=0.05)
    assert found.weights["bc.2"] == pytest.approx(1e4, rel=0.05)


def test_weights_stay_within_the_span() -> None:
    gram = gram_of(MIXED, "legendre", 3)
    start, narrow, wide = (best_weights(gram, span=s) for s in (1.0, 3.0, 100.0))
    for found, span in ((wide, 100.0), (narrow, 3.0)):
        ratios = np.array([found.weights[c] / start.weights[c] for c in gram.conditions])
        assert (np.abs(np.log(ratios)) <= np.log(span) * (1 + 1e-9)).all()
    assert wide.kappa <= narrow.kappa * 1.01
    assert narrow.kappa < 0.99 * narrow.common.kappa
    with pytest.raises(ValueError, match="span"):
        best_weights(gram, span=0.5)


def test_separate_weights_that_gain_nothing_are_the_common_one() -> None:
    gram = gram_of(STOKES, modes=2)
    found = best_weights(gram)
    assert found.note == "separate weights gain less than 1 %, so all have the common one"
    assert found.kappa == found.common.kappa
    assert found.weights == gram.weights(found.common.weight)


def test_many_conditions_have_the_common_weight() -> None:
    gram = random_gram(4, laws=10)
    found = best_weights(gram)
    assert found.note.startswith("9 conditions: separate weights are searched for at most 8")
    assert found.weights == gram.weights(found.common.weight)
    assert best_weights(gram, free=["bc.1", "bc.5"]).note == ""


def test_the_work_of_a_search_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    gram = gram_of(MIXED, "legendre", 3)
    best = best_weights(gram)
    assert best.note == ""
    monkeypatch.setattr(weights, "_WORK", 60 * 130 * gram.size**2)
    found = best_weights(gram)
    count = re.fullmatch(r"the search stopped after (\d+) evaluations of κ", found.note)
    assert count is not None
    assert 20 < int(count[1]) < 200
    assert best.kappa <= found.kappa < found.common.kappa
    monkeypatch.setattr(weights, "_WORK", 0)
    found = best_weights(gram)
    assert found.kappa <= found.common.kappa
    assert found.note.endswith("the search stopped after 1 evaluation of κ")


BAR = """problem "bar"
domain Omega: x in [0, {length}]
unknown u(x)
eq: {operator} = 1
bc: u = 0  on boundary
bc slope: u_x = 0  on boundary
"""


@pytest.mark.parametrize("family", ["fourier", "legendre"])
@pytest.mark.parametrize(("operator", "order"), [("u_xx", 2), ("u_xxxx", 4)])
@pytest.mark.parametrize("length", [1e-6, 1e5])
def test_units_of_x_move_the_weight_alone(
    family: str, operator: str, order: int, length: float
) -> None:
    one, other = (
        gram_of(BAR.format(length=size, operator=operator).partition("bc slope")[0], family, 6)
        for size in ("1", repr(length))
    )
    a, b = best_weight(one), best_weight(other)
    # ∫ (∂^m u)² dx scales like L^(1 − 2m) beside the values at the ends.
    moved = b.weight * length ** (2 * order - 1)
    assert b.kappa == pytest.approx(a.kappa, rel=1e-6)
    assert moved == pytest.approx(a.weight, rel=1e-2)
    ends = np.array(b.valley) * length ** (2 * order - 1)
    np.testing.assert_allclose(ends, a.valley, rtol=1e-2)
    ranks = [g.spectrum(f.weight).rank for g, f in ((one, a), (other, b))]
    assert ranks[0] == ranks[1] > one.size - (operator == "u_xxxx") * 2 - 1


def test_units_of_x_leave_several_weights_as_good() -> None:
    grams = [
        gram_of(BAR.format(length=size, operator="u_xxxx"), "legendre", 6)
        for size in ("1", "1e-6", "1e6")
    ]
    found = [best_weights(g) for g in grams]
    assert found[0].kappa < 0.6 * found[0].common.kappa
    for other, length in zip(found[1:], (1e-6, 1e6), strict=True):
        assert other.kappa == pytest.approx(found[0].kappa, rel=1e-3)
        moved = [other.weights["bc"] * length**7, other.weights["slope"] * length**5]
        expected = [found[0].weights["bc"], found[0].weights["slope"]]
        np.testing.assert_allclose(moved, expected, rtol=0.05)


def test_a_condition_that_sines_meet_has_no_weight_in_any_units() -> None:
    for size in ("1", "1e-6", "1e6"):
        gram = gram_of(BAR.format(length=size, operator="u_xx").partition("bc slope")[0], "sine", 6)
        found = best_weight(gram)
        assert found.weight == 1
        assert found.valley == (0, inf)
        assert found.kappa == pytest.approx(6**4)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 9999))
def test_the_best_weight_is_never_worse_than_one(seed: int) -> None:
    gram = random_gram(seed)
    conditions = [t for t in gram.terms if not t.interior]
    full = Term("eq.0", "eq", True, np.diag(np.arange(1.0, gram.size + 1)), 1.0, 1, "", True)
    # Where the equation is invertible alone, a weight with κ up to 1 % above the best is taken.
    found = best_weight(Gram((full, *conditions), gram.size))
    assert found.kappa <= found.kappa_at_one


def test_where_equations_are_invertible_alone_conditions_keep_their_weight() -> None:
    full, condition = np.diag([1.0, 2.0, 4.0]), np.array([[0.0, 0.0, 1.0]])
    terms = [
        Term("eq", "eq", True, full, 1.0, 1, "", True),
        Term("bc", "bc", False, condition, 1.0, 1, "", True),
    ]
    found = best_weight(Gram(tuple(terms), 3))
    # κ = 16 + λ at best 16, and λ = 0.16 is within 1 % of it.
    assert found.kappa == pytest.approx(16.16, rel=1e-6)
    assert found.weight == pytest.approx(0.16, rel=1e-2)
    assert found.valley == (0.0, pytest.approx(1.6, rel=1e-3))
    turned = [Term("eq", "eq", True, condition, 1.0, 1, "", True)]
    turned += [Term("bc", "bc", False, full, 1.0, 1, "", True)]
    found = best_weight(Gram(tuple(turned), 3))
    assert found.weight == pytest.approx(1 / 0.16, rel=1e-2)
    assert found.valley[1] == inf


def test_where_no_weight_matters_it_is_one() -> None:
    terms = [
        Term("eq", "eq", True, np.diag([1.0, 3.0]), 1.0, 1, "", True),
        Term("bc", "bc", False, np.diag([2.0, 6.0]), 1.0, 1, "", True),
    ]
    found = best_weight(Gram(tuple(terms), 2))
    assert found.weight == 1
    assert found.valley == (0, inf)
    assert found.kappa == pytest.approx(9)


def test_several_weights_of_a_problem() -> None:
    gram = gram_of(MIXED, "legendre", 3)
    found = best_weights(gram)
    assert found.kappa < found.common.kappa * 0.9
    assert found.kappa == pytest.approx(gram.spectrum(found.weights).kappa, rel=1e-8)
    assert set(found.weights) == {"eq", "ic", "robin", "clamp"}
    one = best_weights(gram, free=["ic"])
    assert found.kappa <= one.kappa <= found.common.kappa
    assert one.weights["robin"] == one.weights["clamp"]


def test_a_common_kernel_does_not_count() -> None:
    gram = gram_of(NEUMANN, "legendre", 6)
    found = best_weight(gram)
    assert found.kappa == pytest.approx(gram.spectrum(found.weight).kappa, rel=1e-8)
    assert found.kappa < 1e6


def test_nothing_to_weigh() -> None:
    gram = random_gram(1, laws=1)
    found = best_weight(gram)
    assert found.weight == 1
    assert found.valley == (0, inf)
    assert found.kappa == pytest.approx(gram.spectrum().kappa, rel=1e-9)
    assert best_weights(gram).weights == {"eq.0": 1.0}


def test_unknown_labels() -> None:
    with pytest.raises(ValueError, match=r"bc\.7"):
        best_weights(random_gram(2), free=["bc.7"])


def test_scale_of_the_conditions_moves_the_weight_alone() -> None:
    gram = random_gram(3)
    scaled = [
        t if t.interior else type(t)(t.label, t.kind, False, 50 * t.factor, 1.0, 1, "", True)
        for t in gram.terms
    ]
    a, b = best_weight(gram), best_weight(Gram(tuple(scaled), gram.size))
    assert b.kappa == pytest.approx(a.kappa, rel=1e-6)
    assert log(a.weight / b.weight) == pytest.approx(log(2500), abs=1e-2)


def test_natural_weight() -> None:
    assert natural_weight(gram_of(POISSON, modes=2), 5.0) == pytest.approx(2 * np.pi / 25)
    assert natural_weight(3.0, 2.0) == 0.75
    with pytest.raises(ValueError, match="gamma"):
        natural_weight(1.0, 0.0)
