"""The section [model] of a method, and bases trained by it."""

from __future__ import annotations

import pytest
import sympy as sp

import pdedsl
from pdedsl.compiler.residual.build import build
from pdedsl.diagnostics import UserError
from pdedsl.models import MlpOptions, model_options
from pdedsl.models.bases import BasisOptions
from pdedsl.models.registry import MODELS
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method
from pdedsl.training.train import train
from tests import small
from tests.conftest import ROOT


def fault(tmp_path, text: str):
    file = tmp_path / "m.toml"
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        load_method(str(file))
    (found,) = caught.value.diagnostics
    return found, caught.value.source


@pytest.mark.parametrize("kind", MODELS)
def test_the_compile_api_and_method_files_have_the_same_defaults(kind: str) -> None:
    method = Method.model_validate({"model": {"kind": kind}})
    assert method.model == model_options(kind) == MODELS[kind]()


def test_a_model_without_kind_is_a_network() -> None:
    method = Method.model_validate({"model": {"width": 7}})
    assert method.model == MlpOptions(width=7)
    assert Method().model == MlpOptions()


def test_a_method_is_read_again_from_its_data() -> None:
    model = BasisOptions(preconditioner="full", gamma=3.0)
    again = Method.model_validate(Method(model=model).model_dump(exclude_none=True))
    assert again.model == model


def test_another_kind_empties_the_section(tmp_path) -> None:
    file = tmp_path / "m.toml"
    file.write_text("[model]\nwidth = 9\n")
    method, _ = load_method(str(file), {"model.kind": "basis", "model.modes": "5"})
    assert method.model == BasisOptions(modes=5)


@pytest.mark.parametrize(
    ("text", "under", "message"),
    [
        (
            'kind = "bassis"',
            '"bassis"',
            "kind takes mlp, modified_mlp, residual_mlp, fourier, multiscale_fourier, basis, "
            'windows or fbpinn, but here it is "bassis"',
        ),
        ('kind = "basis"\nwidth = 3', "width", "there is no key width in [model]"),
        ('kind = "fourier"\nharmonics = 3', "harmonics", "there is no key harmonics in [model]"),
        ("modes = 3", "modes", "there is no key modes in [model]"),
        (
            'kind = "basis"\nmodes = 0',
            "0",
            "modes must be a number of at least 1, but here it is 0",
        ),
        (
            'kind = "basis"\nextension = 0.5',
            "0.5",
            "extension must be a number of at least 1, but here it is 0.5",
        ),
        (
            'kind = "fourier"\npreconditioner = "full"',
            '"full"',
            'preconditioner takes none or symbol, but here it is "full"',
        ),
    ],
)
def test_faults_in_the_section(tmp_path, text: str, under: str, message: str) -> None:
    found, source = fault(tmp_path, f"[model]\n{text}\n")
    assert (found.code, source.slice(found.span), found.message) == ("E802", under, message)


def test_bandwidths_of_a_model_without_layers(tmp_path) -> None:
    text = '[optimizer]\nkind = "lm"\n[model]\nkind = "basis"\n[schedule]\n'
    found, source = fault(tmp_path, text + "starts = { bandwidths = [1.0, 2.0] }\n")
    assert found.code == "E802"
    assert source.slice(found.span) == "bandwidths"
    assert "the model basis has no layers" in found.message
    starts = {"seeds": 2, "bandwidths": []}
    Method.model_validate({"model": {"kind": "basis"}, "schedule": {"starts": starts}})


def test_bandwidths_of_fourier_features() -> None:
    p = pdedsl.parse(small.LINE)
    model = {"kind": "fourier", "width": 8, "depth": 1, "activation": "sin"}
    starts = {"bandwidths": [0.5, 1.0], "iterations": 2, "share": 0.5}
    method = Method.model_validate({
        "model": model, "optimizer": {"kind": "lm", "iterations": 30},
        "schedule": {"starts": starts}, "sampling": {"points": {"eq": 60}},
    })  # fmt: skip
    system = build(p, model=method.model, points={"eq": 60})
    outcome = train(system, method)
    assert outcome.loss < 1e-6 * float(system.loss(system.theta0))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"kind": "basis", "modes": 200}, "80601 functions are too many"),
        ({"kind": "basis", "family": "sine"}, "sine functions are not periodic"),
        ({"kind": "fourier", "modes": 120, "index": "box"}, "58081 functions are too many"),
    ],
)
def test_a_model_that_does_not_fit_the_problem_is_refused(model, words: str) -> None:
    p = pdedsl.load(ROOT / "specs" / "advection.pde")
    with pytest.raises(UserError, match=words) as caught:
        pdedsl.solve(p, Method.model_validate({"model": model}))
    assert [d.code for d in caught.value.diagnostics] == ["E803"]


@pytest.mark.parametrize(
    ("spec", "model"),
    [
        ("heat", BasisOptions(modes=14)),
        ("poisson_1d", BasisOptions(family="legendre", modes=24)),
        ("poisson_1d", BasisOptions(family="chebyshev", modes=24)),
    ],
)
def test_two_steps_solve_a_linear_problem_with_a_basis(spec: str, model: BasisOptions) -> None:
    p = pdedsl.load(ROOT / "specs" / f"{spec}.pde")
    points = {"eq": 600, "bc": 60, "ic": 60}
    system = build(p, model=model, points=points, weights={"bc": 100.0, "ic": 100.0})
    outcome = train(system, Method(model=model, optimizer=LmOptions(iterations=2)))
    assert outcome.iterations <= 3  # the start is counted
    assert outcome.loss < 1e-18
    ((_, exact),) = p.exact
    at = system.points_by_law["eq"]
    want = sp.lambdify(p.inputs, p.substitute(exact), "numpy")(*at.numpy().T)
    got = system.fields(outcome.theta, at)["u"].numpy()
    assert abs(got - want).max() < 1e-10
