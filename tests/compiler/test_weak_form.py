"""The weak form against the strong one and against solutions that the strong form cannot have."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
import torch

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from tests.conftest import ROOT

WEIGHTS = {"bc": 100.0, "ic": 100.0}


def basis(*modes: int, **more: object) -> dict[str, object]:
    return {"kind": "basis", "family": "mixed", "modes": list(modes), **more}


def solved(
    problem: pdedsl.Problem,
    model: object,
    form: dict[str, object] | None,
    optimizer: object = None,
    weights: dict[str, float] = WEIGHTS,
) -> tuple[pdedsl.ResidualSystem, torch.Tensor]:
    own = {k: w for k, w in weights.items() if any(law.kind == k for law in problem.laws)}
    how = None if form is None else {"kind": "weak", **form}
    system = pdedsl.compile(problem, model, weights=own, form=how)
    method = pdedsl.Method(optimizer=optimizer or LstsqOptions())
    return system, pdedsl.train(system, method).theta


def errors(system: pdedsl.ResidualSystem, theta: torch.Tensor) -> list[float]:
    """Largest error of each component at random points, over the largest value."""
    problem = system.problem
    rng = np.random.default_rng(0)
    bounds = pdedsl.geometry.hull_bounds(problem).values()
    x = np.stack([rng.uniform(a, b, 400) for a, b in bounds], axis=1)
    found = system.fields(theta, torch.from_numpy(x))
    out = []
    for field, value in problem.exact:
        f = sp.lambdify(problem.inputs, problem.substitute(value), "numpy")
        want = np.broadcast_to(f(*x.T), len(x))
        gap = np.abs(found[str(field.func)].numpy() - want)
        out.append(float(gap.max() / np.abs(want).max()))
    return out


def spec(name: str) -> pdedsl.Problem:
    return pdedsl.load(ROOT / "specs" / f"{name}.pde")


BURGERS = """
param nu = 0.05
domain O: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
let us = sin(2*x - t)*exp(-x*t/2)
eq: u_t + u*u_x - nu*u_xx = d(us, t) + us*d(us, x) - nu*d(us, x, 2)
bc: u = us  on boundary
ic: u = us  at t = 0
exact u = us
"""
COUPLED = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y), w(x, y)
let us = sin(2*x + y)
let ws = exp(x*y)
eq a: -lap(u) + 3*w = -lap(us) + 3*ws
eq b: -div((1 + x)*grad(w)) - u = -div((1 + x)*grad(ws)) - us
bc: u = us, w = ws  on boundary
exact u = us, w = ws
"""
SMOOTH = [
    (spec("poisson_1d"), (16,), {}),
    (spec("poisson_2d"), (12, 12), {"elements": 2}),
    (spec("heat"), (12, 12), {"elements": {"x": 2}}),
    (pdedsl.parse(COUPLED), (9, 9), {"elements": 1}),
    (spec("elasticity"), (12, 12), {"elements": 2, "per_element": 8}),
]


@pytest.mark.parametrize(("problem", "modes", "form"), SMOOTH)
@pytest.mark.parametrize("parts", [0, 1, "all"])
def test_the_weak_solution_is_the_strong_one(
    problem: pdedsl.Problem, modes: tuple[int, ...], form: dict[str, object], parts: object
) -> None:
    """To the accuracy of the basis, whatever was moved to the test functions."""
    strong = max(errors(*solved(problem, basis(*modes), None)))
    weak = max(errors(*solved(problem, basis(*modes), {"parts": parts, **form})))
    assert strong < 1e-5
    assert weak < 50 * strong + 1e-12


@pytest.mark.parametrize("functions", ["legendre", "sine"])
def test_burgers(functions: str) -> None:
    problem = pdedsl.parse(BURGERS)
    strong = max(errors(*solved(problem, basis(13, 11), None)))
    for parts in (1, "all"):
        form = {"parts": parts, "elements": 1, "functions": functions}
        assert max(errors(*solved(problem, basis(13, 11), form))) < 20 * strong < 1e-4


def test_a_network_learns_the_weak_form() -> None:
    model = {"kind": "mlp", "width": 20, "depth": 1, "activation": "sin", "bandwidth": 2.0}
    made = solved(pdedsl.parse(COUPLED), model, {"elements": 2}, LmOptions(iterations=40))
    assert max(errors(*made)) < 1e-3


def test_the_error_falls_with_the_number_of_test_functions() -> None:
    """With as many tests as free coefficients the error is spectral in their number."""
    problem = spec("poisson_1d")
    found = []
    for modes in (6, 8, 10, 12):
        form = {"elements": 1, "per_element": modes - 1, "nodes": 40}
        found.append(max(errors(*solved(problem, basis(modes), form))))
    slopes = np.diff(np.log10(found)) / 2
    assert np.all(slopes < -0.5)  # more than three times smaller with every function
    assert found[-1] < 1e-6


def test_hats_converge_with_the_second_order() -> None:
    """Piecewise linear functions against hats: the method of finite elements, h² in L²."""
    problem = spec("poisson_1d")
    ((lower, upper),) = pdedsl.geometry.hull_bounds(problem).values()
    found = []
    for elements in (8, 16, 32):
        inner = np.linspace(lower, upper, elements + 1)[1:-1].tolist()
        model = basis(1, breaks=[inner], smoothness=0)
        form = {"functions": "hat", "elements": elements, "nodes": 6}
        found.append(max(errors(*solved(problem, model, form))))
    assert np.allclose(np.diff(np.log2(found)), -2, atol=0.2)


# --- solutions with kinks ------------------------------------------------------------------

KINK = """
domain O: x in [0, 1]
unknown u(x)
let a = if(x < 0.4, 1, 10)
eq: -d(a*u_x, x) = 1
bc: u = 0  on boundary
"""
SLABS = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
let a = if(x < 0.4, 1, 10)
let us = sin(pi*y)*if(x < 0.4, sin(3*x), sin(1.2) + 0.3*cos(1.2)*sin(x - 0.4))
eq: -div(a*grad(u)) = -div(a*grad(us))
bc: u = us  on boundary
exact u = us
"""


def kinked(x: np.ndarray) -> np.ndarray:
    """By hand: a u' = q − x, with q from u(1) = 0."""
    q = (0.08 + (1 - 0.16) / 20) / (0.4 + 0.06)
    right = 0.4 * q - 0.08 + (q * (x - 0.4) - (x**2 - 0.16) / 2) / 10
    return np.where(x < 0.4, q * x - x**2 / 2, right)


def kink_error(form: dict[str, object] | None, **more: object) -> float:
    model = basis(3, breaks=[[0.4]], smoothness=0)
    system, theta = solved(pdedsl.parse(KINK), model, form, **more)
    x = np.linspace(0, 1, 201)
    gap = system.fields(theta, torch.from_numpy(x[:, None]))["u"].numpy() - kinked(x)
    return float(np.abs(gap).max() / np.abs(kinked(x)).max())


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"parts": "all"},
        {"elements": 3, "quadrature": "lobatto"},
        {"functions": "hat", "elements": 8},
    ],
)
def test_a_kink_is_found_by_the_weak_form(form: dict[str, object]) -> None:
    """U is not in H²: its flux is continuous at 0.4, which the weak form alone says."""
    assert kink_error(form) < 1e-12


def test_a_kink_is_not_found_by_the_strong_form() -> None:
    """The strong residual vanishes on either side with any slope: nothing fixes the flux."""
    assert kink_error(None) > 0.1


def test_a_network_is_not_told_of_the_kink_by_the_strong_form() -> None:
    """A smooth network solves a u'' = −1 on both sides with u' continuous: another problem."""
    model = {"kind": "mlp", "width": 16, "depth": 2, "activation": "tanh"}
    x = np.linspace(0, 1, 201)
    found = []
    for form in (None, {"elements": 5}):
        system, theta = solved(
            pdedsl.parse(KINK), model, form, LmOptions(iterations=60), {"bc": 1000.0}
        )
        gap = system.fields(theta, torch.from_numpy(x[:, None]))["u"].numpy() - kinked(x)
        found.append(np.sqrt(np.mean(gap**2) / np.mean(kinked(x) ** 2)))
    strong, weak = found
    assert strong > 0.6
    assert weak < 0.25  # what so few tanh have of a kink


def test_a_kink_in_the_plane() -> None:
    problem = pdedsl.parse(SLABS)
    model = basis(12, 10, breaks=[[0.4], []], smoothness=0)
    assert max(errors(*solved(problem, model, {"elements": {"x": 1, "y": 1}}))) < 1e-6
    # Every trace at x = 0.4 has a solution on either side, and none is better than another.
    assert max(errors(*solved(problem, model, None))) > 1


# --- natural conditions ---------------------------------------------------------------------

ROBIN = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
let a = 1 + x*y
let us = sin(2*x + y)
eq: -div(a*grad(u)) = -div(a*grad(us))
bc fixed: u = us  on x = 0
bc flux: a*dn(u) = a*dn(us)  on x = 1
bc mixed: dn(u) + 3*u = dn(us) + 3*us  on y = 0, y = 1
exact u = us
"""


@pytest.mark.parametrize("functions", ["legendre", "hat"])
def test_fluxes_are_imposed_by_the_weak_form(functions: str) -> None:
    """Without rows of their own: the weights of both boundary laws are 0."""
    problem = pdedsl.parse(ROBIN)
    form = {"functions": functions, "elements": 1 if functions == "legendre" else 12}
    system, theta = solved(problem, basis(9, 9), form)
    assert {b.label: b.weight for b in system.blocks} == {
        "eq": 1.0, "fixed": 100.0, "flux": 0.0, "mixed": 0.0,
    }  # fmt: skip
    assert max(errors(system, theta)) < 1e-6
    assert max(system.losses_by_law(theta).values()) < 1e-5


def test_without_natural_fluxes_the_laws_keep_their_rows() -> None:
    system, theta = solved(pdedsl.parse(ROBIN), basis(9, 9), {"natural": False, "elements": 1})
    assert min(block.weight for block in system.blocks) == 1.0
    assert max(errors(system, theta)) < 1e-6


# --- rows -----------------------------------------------------------------------------------


def test_rows_by_hand() -> None:
    """∫ (u' φ' − f φ)/‖φ‖ √N on two elements, with φ = P_2 − P_0 and the hat between them."""
    text = "domain O: x in [0, 1]\nunknown u(x)\neq: -u_xx = 6*x\nbc: u = 0  on boundary"
    form = {"kind": "weak", "elements": 2, "per_element": 1}
    system = pdedsl.compile(pdedsl.parse(text), basis(2), form=form)
    theta = system.theta0 + torch.linspace(0.1, 0.9, system.parameters, dtype=torch.float64)
    x, w = (a / 4 for a in np.polynomial.legendre.leggauss(12))
    u_x = system.problem.components[0].diff(system.problem.inputs[0])
    rows = []
    total = np.zeros(2)  # of the hat: ∫ (u' φ' − f φ), and its norm
    for element in range(2):
        at = x + 0.25 + element / 2
        slope = system.derivative(theta, u_x, torch.from_numpy(at[:, None])).numpy()
        xi = 4 * at - 1 - 2 * element
        phi, dphi = 1.5 * (xi**2 - 1), 4 * 3 * xi
        row = w @ (slope * dphi - 6 * at * phi)
        rows.append(row / np.sqrt(w @ phi**2))
        hat = at * 2 if element == 0 else 2 - 2 * at
        dhat = 2.0 if element == 0 else -2.0
        total += w @ (slope * dhat - 6 * at * hat), w @ hat**2
    rows.append(total[0] / np.sqrt(total[1]))
    found = system.residual(theta)[system.blocks[0].rows].numpy()
    # The mean of the squares of √N r_i is the sum of r_i².
    assert np.allclose(found, np.array(rows), rtol=1e-12)


def test_the_mean_of_the_rows_is_that_of_the_strong_residual() -> None:
    """Divided by their norms, test functions of all degrees catch the residual's whole size."""
    problem = spec("poisson_2d")
    model = {"kind": "mlp", "width": 8, "depth": 1, "activation": "sin"}
    form = {"kind": "weak", "elements": 1, "per_element": 16, "functions": "sine", "nodes": 40}
    weak = pdedsl.compile(problem, model, form=form, seed=2)
    strong = pdedsl.compile(problem, model, seed=2, sampling="gauss", points={"eq": 900})
    theta = strong.theta0
    ratio = weak.losses_by_law(theta)["eq"] / strong.losses_by_law(theta)["eq"]
    # ‖R‖² loses what sines that vanish at the ends have not reached; the share of one mode is 1/K.
    count = weak.blocks[0].map.rows
    assert count == 256
    assert ratio == pytest.approx(1.0, abs=0.1)


def test_rows_in_blocks_are_dense_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    from pdedsl.compiler.residual import sampler

    problem = pdedsl.parse(COUPLED)
    model = {"kind": "mlp", "width": 6, "depth": 1, "activation": "tanh"}
    made = []
    for entries in (1 << 40, 0):
        monkeypatch.setattr(sampler, "_DENSE", entries)
        made.append(pdedsl.compile(problem, model, form={"kind": "weak"}, seed=1))
    dense, sparse = made
    theta = dense.theta0
    assert len(sparse.blocks[0].map.spans) > 1
    close = {"rtol": 1e-11, "atol": 1e-12}
    torch.testing.assert_close(sparse.jacobian(theta), dense.jacobian(theta), **close)
    torch.testing.assert_close(sparse.loss_and_grad(theta)[1], dense.loss_and_grad(theta)[1])
    v = torch.linspace(-1, 1, len(theta), dtype=torch.float64)
    torch.testing.assert_close(sparse.jvp(theta, v), dense.jvp(theta, v), **close)
    torch.testing.assert_close(sparse.hvp(theta, v), dense.hvp(theta, v), **close)
    w = torch.linspace(-1, 1, dense.rows, dtype=torch.float64)
    torch.testing.assert_close(sparse.vjp(theta, w), dense.vjp(theta, w), **close)


def test_a_periodic_axis_has_a_hat_across_its_seam() -> None:
    problem = pdedsl.parse(
        "domain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
        "let us = sin(2*pi*(x - t))\neq: u_t + u_x = 0\n"
        "bc: u periodic in x\nic: u = us  at t = 0\nexact u = us"
    )
    system, theta = solved(problem, basis(2, 12), {"elements": 4, "per_element": 4})
    assert system.blocks[0].map.rows == (4 * 4 + 4) * (4 * 4 + 3)
    assert max(errors(system, theta)) < 1e-6


BEAM = "domain O: x in [0, 1]\nunknown u(x)\neq: d(u, x, 4) = 24\nbc: u = 0, dn(u) = 0  on boundary"


def test_a_beam_of_splines() -> None:
    """u = x²(1 − x)² of cubic and quartic pieces that are C²."""
    system, theta = solved(pdedsl.parse(BEAM), basis(4, breaks=[[0.5]], smoothness=2), {"parts": 2})
    x = torch.linspace(0, 1, 33, dtype=torch.float64)
    found = system.fields(theta, x[:, None])["u"]
    torch.testing.assert_close(found, x**2 * (1 - x) ** 2, rtol=0, atol=1e-10)


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "model", "form", "said"),
    [
        (KINK, "mlp", {"parts": 0}, "write form.parts = 1"),
        (KINK, basis(3, breaks=[[0.4]], smoothness=0), {"across": False}, "form.across = true"),
        (KINK, "mlp", {"across": False, "elements": 4}, "form.across = true"),
        (BEAM, basis(4, breaks=[[0.5]], smoothness=0), {"parts": 2}, "form.parts"),
        (BEAM, basis(4, breaks=[[0.5]], smoothness=1), {"parts": 2}, "model.smoothness = 2"),
        (KINK, basis(30), {"per_element": 4}, "form.per_element = 6"),
        (KINK, basis(30), {"functions": "hat"}, "form.elements = 31"),
        (SLABS, "mlp", {"functions": "hat", "elements": {"x": 2}}, "form.elements = 2"),
        (SLABS, "mlp", {"elements": {"z": 2}}, "z is not an input"),
        (KINK, "mlp", {"edges": {"x": [0.2, 1.5]}}, "must lie inside"),
        ((ROOT / "specs/laplace_5d.pde").read_text(), "mlp", {}, "too many"),
    ],
)
def test_what_cannot_be_had_is_refused(
    text: str, model: object, form: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError) as caught:
        pdedsl.compile(pdedsl.parse(text), model, form={"kind": "weak", **form})
    assert said in str(caught.value)


def test_the_mend_of_too_many_works() -> None:
    problem = spec("laplace_5d")
    with pytest.raises(UserError) as caught:
        pdedsl.compile(problem, "mlp", form={"kind": "weak"})
    tests = int(str(caught.value).partition("form.per_element = ")[2].partition(" ")[0])
    form = {"kind": "weak", "elements": 1, "per_element": tests, "nodes": tests + 2}
    assert pdedsl.compile(problem, "mlp", form=form).blocks[0].map.rows == tests**5


def test_the_points_are_the_nodes_of_elements() -> None:
    """Bubbles vanish on the edges and hats are continuous: no point lies on an edge."""
    system = pdedsl.compile(spec("poisson_2d"), "mlp", form={"kind": "weak"})
    assert len(system.blocks[0].points) == (4 * 10) ** 2
