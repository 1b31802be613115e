"""Bases with functions of each axis: products of splines, sizes, jets, options."""

from __future__ import annotations

import json
import math
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.models import Axis, Reader, jet_table, model_options
from pdedsl.models.bases import BasisOptions, basis_size, build_basis
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method
from tests import small

from .test_splines import CIRCLE, LINE, F, spline

BOX = (LINE, Axis(0.0, 1.0), Axis(0.0, 3.0, 3.0))
GIVEN = ((0.5, 1.0), (), (1.0, 2.5))


def test_products_of_splines_polynomials_and_waves() -> None:
    options = BasisOptions(modes=(3, 2, 4), breaks=GIVEN, smoothness=1)
    basis = build_basis(options, BOX)
    counts = (3 * 2 + 2, 3, 3 * 3)
    assert basis.size == math.prod(counts) == len(set(basis.labels))
    assert basis.frequencies is None
    assert basis.phases == ()
    lines = [
        spline(3, 1, BOX[0], GIVEN[0]),
        build_basis(BasisOptions(family="legendre", modes=2), BOX[1:2]),
        spline(4, 1, BOX[2], GIVEN[2]),
    ]
    points = torch.rand(7, 3, dtype=F, generator=torch.Generator().manual_seed(1))
    (got,) = basis.derivatives(points, [(1, 2, 3)])
    first, last = lines[0].table(points[:, 0], 1)[1], lines[2].table(points[:, 2], 3)[3]
    (middle,) = lines[1].derivatives(points[:, 1:2], [(2,)])
    want = torch.einsum("ni,nj,nk->nijk", first, middle, last).flatten(1)
    assert torch.allclose(got, want, rtol=1e-13)
    assert basis.labels[:2] == ("B0(ξ1) B0(ξ3)", "B0(ξ1) B1(ξ3)")
    assert basis.labels[9] == "B0(ξ1) P1(ξ2) B0(ξ3)"


@pytest.mark.parametrize("family", ["fourier", "sine", "cosine", "legendre", "chebyshev", "mixed"])
def test_modes_of_each_axis_choose_among_those_of_all(family: str) -> None:
    axes = (LINE, Axis(0.0, 1.0))
    few = build_basis(BasisOptions(family=family, modes=(2, 4)), axes)
    many = build_basis(BasisOptions(family=family, modes=4), axes)
    place = [many.labels.index(label) for label in few.labels]
    counts = {"sine": 2 * 4, "fourier": 5 * 9}
    assert len(set(place)) == few.size == counts.get(family, 3 * 5)
    points = torch.rand(6, 2, dtype=F, generator=torch.Generator().manual_seed(2))
    indices = [(0, 0), (1, 0), (2, 1)]
    got, want = (basis.derivatives(points, indices) for basis in (few, many))
    assert torch.allclose(got, want[..., place], rtol=1e-14, atol=1e-14)
    if many.frequencies is not None:
        assert np.array_equal(few.frequencies, many.frequencies[place])


def test_all_products_are_in_the_order_of_rows() -> None:
    basis = build_basis(BasisOptions(family="chebyshev", modes=(1, 2)), (LINE, LINE))
    want = ("1", "T1(ξ2)", "T2(ξ2)", "T1(ξ1)", "T1(ξ1) T1(ξ2)", "T1(ξ1) T2(ξ2)")
    assert basis.labels == want


@st.composite
def chosen(draw) -> tuple[BasisOptions, tuple[Axis, ...]]:
    circles = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    axes = tuple(Axis(0.0, 1.0, 1.0 if c else None) for c in circles)
    smoothness = draw(st.integers(0, 2))
    places = st.lists(st.integers(1, 9), max_size=3, unique=True)
    breaks = [tuple(n / 10 for n in sorted(draw(places))) for _ in axes]
    families = ["fourier", "mixed"]
    if not any(circles):
        families += ["sine", "cosine", "legendre", "chebyshev", "random_tanh"]
    family = draw(st.sampled_from(families))
    if family != "mixed" or draw(st.booleans()):
        breaks = []
    least = smoothness + 1 if breaks else 1
    modes = draw(
        st.integers(least, 4)
        | st.lists(st.integers(least, 4), min_size=len(axes), max_size=len(axes))
    )
    return BasisOptions(
        family=family, modes=modes, breaks=breaks, smoothness=smoothness, features=5
    ), axes


@settings(max_examples=80, deadline=None)
@given(chosen())
def test_sizes_without_building(given: tuple[BasisOptions, tuple[Axis, ...]]) -> None:
    options, axes = given
    basis = build_basis(options, axes)
    assert basis.size == basis_size(options, axes) == len(basis.labels)
    points = torch.rand(3, len(axes), dtype=F, generator=torch.Generator().manual_seed(0))
    zero = (0,) * len(axes)
    assert basis.derivatives(points, [zero, zero]).shape == (2, 3, basis.size)
    hash(options)


@pytest.mark.parametrize("periods", list(product((False, True), repeat=2)))
def test_jets_against_nested_differentiation(periods: tuple[bool, ...]) -> None:
    axes = tuple(Axis(0.0, 1.0, 1.0 if circle else None) for circle in periods)
    options = {"modes": [4, 3], "breaks": [[0.3, 0.6], [0.5]], "smoothness": 1}
    model = model_options({"kind": "basis"} | options).build(axes, 2)
    generator = torch.Generator().manual_seed(5)
    theta = torch.randn(model.size, dtype=F, generator=generator)
    points = torch.rand(6, 2, dtype=F, generator=generator)
    laplacian = (((0, 2), -1.5), ((2, 0), 2.0))
    table = jet_table(2, frozenset({(1, 1), (1, 0)}), (laplacian,)).whole
    jet = model.jet(Reader(theta), points, table)

    def value(x: Tensor) -> Tensor:
        return model.jet(Reader(theta), x[None], jet_table(2, frozenset()))[0, 0]

    def derivative(alpha: tuple[int, ...]) -> Tensor:
        function = value
        for axis, order in enumerate(alpha):
            for _ in range(order):
                function = _slope(function, axis)
        return torch.func.vmap(function)(points)

    for alpha in table.indices:
        want = derivative(alpha) / math.prod(map(math.factorial, alpha))
        got = jet[table.channel(alpha)]
        assert (got - want).abs().max() <= 1e-10 * want.abs().max().clamp(min=1)
    want = 2 * derivative((2, 0)) - 1.5 * derivative((0, 2))
    got = jet[table.sum_channel(laplacian)]
    assert (got - want).abs().max() <= 1e-10 * want.abs().max()


def _slope(function, axis: int):
    unit = torch.eye(2, dtype=F)[axis]
    return lambda x: torch.func.jvp(function, (x,), (unit,))[1]


# Options.


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"modes": ()}, "one for each axis"),
        ({"modes": (3, -1)}, "value 2 of modes must be a number of at least 1, but here it is -1"),
        ({"modes": (3, 2.5)}, "value 2 of modes must be a whole number, but here it is 2.5"),
        ({"modes": (3, 30_000)}, "value 2 of modes must be a number of at most 20000"),
        ({"family": "sine", "modes": (3, 0)}, "at least 1"),
        ({"modes": (3, 4), "index": "total"}, 'index must be "box" .*"total"'),
        ({"breaks": ((0.5,),), "index": "total"}, 'index must be "box" .*"total"'),
        ({"breaks": ((0.5,),), "family": "legendre"}, "breaks need the family \"mixed\""),
        ({"breaks": ((0.5,),), "modes": (3, 3)}, "there are 2 modes and breaks of 1 axes"),
        ({"breaks": ((), (0.5, 0.5))}, "breaks of axis 2 must be increasing"),
        ({"breaks": ((0.5, 0.1),)}, "breaks of axis 1 must be increasing"),
        ({"breaks": ((math.nan,),)}, "value 1 of breaks must be a finite number"),
        ({"breaks": ((math.inf,),)}, "value 1 of breaks must be a finite number"),
        ({"breaks": (0.5,)}, "value 1 of breaks must be a list in brackets"),
        ({"breaks": 0.5}, "breaks must be a list in brackets"),
        ({"breaks": (("a",),)}, "value 1 of breaks must be a number"),
        ({"breaks": ((0.5,),), "modes": 2}, "must exceed smoothness = 2, but it is 2"),
        ({"breaks": ((), (0.5,)), "modes": (1, 2)}, "splines of axis 2, .* but it is 2"),
        ({"smoothness": -1}, "smoothness must be a number of at least 0"),
    ],
)  # fmt: skip
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_options({"kind": "basis"} | given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"modes": (3,)}, "modes must be given for each of 2 inputs, but there are 1"),
        ({"breaks": ((), (), (0.5,))}, "breaks must be given for each of 2 inputs, .* are 3"),
        ({"breaks": ((), (0.0, 0.5))}, r"breaks of axis 2 must lie inside \(0, 1\)"),
        ({"breaks": ((), (0.5, 1.0))}, "breaks of axis 2 must lie inside"),
        ({"family": "random_tanh", "modes": (3,)}, "for each of 2 inputs"),
    ],
)
def test_options_for_other_axes_are_refused(given: dict[str, object], words: str) -> None:
    options, axes = BasisOptions(**given), (LINE, Axis(0.0, 1.0))
    for ask in (build_basis, basis_size):
        with pytest.raises(ValueError, match=words):
            ask(options, axes)


@pytest.mark.parametrize("family", ["fourier", "legendre", "mixed"])
def test_a_basis_too_large_is_refused_with_its_size(family: str) -> None:
    options = BasisOptions(family=family, modes=(300, 299))
    axes = (LINE, LINE)
    size = basis_size(options, axes)
    assert size == (601 * 599 if family == "fourier" else 301 * 300)
    most = 20000 if family == "fourier" else 60000
    with pytest.raises(ValueError, match=f"{size} functions .* most is {most}; choose fewer modes"):
        build_basis(options, axes)


def test_empty_breaks_change_nothing() -> None:
    axes = (LINE, CIRCLE)
    plain, empty = (
        build_basis(BasisOptions(modes=3, index="total", breaks=b), axes) for b in ((), ((), ()))
    )
    assert plain.labels == empty.labels


# Methods.


def test_a_method_with_splines_survives_json_and_toml(tmp_path) -> None:
    text = '[model]\nkind = "basis"\nmodes = [3, 8]\nbreaks = [[0.25, 0.5], []]\nsmoothness = 1\n'
    file = tmp_path / "m.toml"
    file.write_text(text)
    method, _ = load_method(str(file))
    want = BasisOptions(modes=(3, 8), breaks=((0.25, 0.5), ()), smoothness=1)
    assert method.model == want
    plain = json.loads(json.dumps(method.model_dump(mode="json")))
    assert Method.model_validate(plain) == method
    assert Method.model_validate_json(method.model_dump_json()) == method
    spec = model_options(want)
    assert spec.build((Axis(0.0, 1.0), Axis(0.0, 1.0)), 1).size == (3 * 2 + 2) * 9
    unset = BasisOptions()
    assert (unset.modes, unset.breaks, unset.smoothness) == (10, (), 2)
    assert BasisOptions.model_validate(unset.model_dump(mode="json")) == unset


@pytest.mark.parametrize(
    ("text", "under", "message"),
    [
        ("modes = 0", "0", "modes must be a number of at least 1, but here it is 0"),
        ("modes = [3, 0]", "0", "value 2 of modes must be a number of at least 1"),
        ("modes = 'many'", "'many'", "modes must be a whole number, but here it is"),
        ("breaks = [0.5]", "0.5", "value 1 of breaks must be a list in brackets"),
        ("breaks = [['a']]", "'a'", "value 1 of breaks must be a number"),
        ("modes = [3, 2]\nindex = 'total'", "modes", 'index must be "box" with modes for each'),
        ("modes = 2\nbreaks = [[0.5]]", "breaks", "must exceed smoothness = 2, but it is 2"),
        ("breaks = [[0.5]]\npreconditioner = 'full'", "breaks", "without breaks"),
        ("modes = [3, 2]\nanalysed = true", "modes", "are for one number of modes"),
    ],
)
def test_faults_in_a_method(tmp_path, text: str, under: str, message: str) -> None:
    file = tmp_path / "m.toml"
    file.write_text(f'[model]\nkind = "basis"\n{text}\n')
    with pytest.raises(UserError) as caught:
        load_method(str(file))
    (found,) = caught.value.diagnostics
    assert (found.code, caught.value.source.slice(found.span)) == ("E802", under)
    assert message in found.message


def test_other_axes_than_those_of_the_problem_are_refused() -> None:
    problem = pdedsl.parse(small.HEAT)
    with pytest.raises(UserError, match="for each of 2 inputs, but there are 3") as caught:
        pdedsl.solve(problem, Method.model_validate({"model": {"kind": "basis", "modes": [1] * 3}}))
    assert [d.code for d in caught.value.diagnostics] == ["E803"]


def test_a_preconditioner_from_python_is_refused() -> None:
    model = {"kind": "basis", "modes": (4, 4), "preconditioner": "full"}
    with pytest.raises(ValueError, match="one number of modes"):
        pdedsl.compile(pdedsl.parse(small.HEAT), model=model)
