"""``analyze``: the page, the data, pictures, and what becomes of a mistake."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT, SPECS

POISSON = ROOT / "specs" / "poisson_1d.pde"
KEYS = {
    "problem", "linear", "order", "type", "operator", "adjoint", "dstard", "symbol", "basis",
    "kappa", "kappa_preconditioned", "gd_steps", "recommendation",
}  # fmt: skip
LARGE = {"cylinder_wake_inverse", "taylor_green"}  # three fields of three inputs


def analyze(run, *arguments: object):
    result = run("analyze", *arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_the_numbers_of_poissons_equation(run) -> None:
    data = analyze(run, POISSON, "--basis", "fourier", "--modes", 10, "--json")
    assert set(data) >= KEYS
    assert (data["linear"], data["order"], data["type"]) == (True, 2, "ordinary")
    assert (data["operator"], data["adjoint"], data["dstard"]) == ("u_xx", "w_xx", "u_xxxx")
    assert data["symbol"] == "-xi[x]^2"
    basis = data["basis"]
    assert (basis["family"], basis["modes"], basis["functions"]) == ("fourier", 10, 21)
    kappa, best = data["kappa"], data["kappa"]["best"]
    assert kappa["at"]["1"] == pytest.approx(8.71e4, rel=1e-3)
    assert best["kappa"] == pytest.approx(3.16e4, rel=2e-3)
    assert best["valley"][0] < 193 < best["valley"][1]
    assert best["valley"][0] < best["lambda"] < best["valley"][1]
    assert kappa["growth"] == pytest.approx(4, abs=0.02)
    natural = {
        g: v["natural"]["kappa"] for g, v in data["kappa_preconditioned"]["by_gamma"].items()
    }
    want = {"1": 15.27, "5": 1.797, "10": 1.342, "100": 1.030}
    assert natural == pytest.approx(want, rel=1e-3)
    assert data["kappa_preconditioned"]["kappa"] < 1.04
    steps = data["gd_steps"]
    assert steps["plain"] == pytest.approx(best["kappa"] * 6.907755, rel=1e-6)
    assert steps["preconditioned"] < 10
    assert data["recommendation"]["method"] == "auto"
    assert data["obstacle"] is None
    assert data["verification"] is None


@pytest.mark.parametrize("spec", SPECS, ids=lambda p: p.stem)
def test_every_spec_has_matrices_or_a_reason(run, spec) -> None:
    data = analyze(run, spec, "--modes", 1 if spec.stem in LARGE else 2, "--json")
    assert data["operator"]
    assert data["adjoint"]
    assert data["order"] >= 1
    assert data["type"]
    assert data["recommendation"]["reason"]
    if data["kappa"] is None:
        assert len(data["obstacle"].split()) > 5
        assert data["kappa_preconditioned"] is data["gd_steps"] is data["basis"] is None
        return
    assert data["obstacle"] is None
    best = data["kappa"]["best"]
    assert 1 <= best["kappa_weights"] <= best["kappa"] * (1 + 1e-9)
    # Of weights with κ within 1 % of the best, the one that meets the conditions is taken.
    assert best["kappa"] <= data["kappa"]["at"]["1"] * 1.01
    # Rounding makes ∞ of no law's weight, and weights are of the order of the problem's numbers.
    assert all(1e-12 < w < 1e12 for w in best["loss_weights"].values())
    seen = {*best["loss_weights"], *data["basis"]["skipped"]}
    assert seen >= {label for domain in data["domains"] for label in domain["laws"]
                    if "[" not in label}  # fmt: skip


def test_specs_without_a_box_say_so(run) -> None:
    data = analyze(run, ROOT / "specs" / "poisson_hole.pde", "--json")
    assert "is not a box" in data["obstacle"]
    assert data["dstard"] == "u_xxxx + 2*u_xxyy + u_yyyy"


def test_verification_is_part_of_the_data(run) -> None:
    data = analyze(run, POISSON, "--modes", 4, "--verify", "--epsilon", 0.01, "--json")
    found = data["verification"]
    assert found["epsilon"] == 0.01
    for goal in (found[r][g] for r in ("plain", "preconditioned") for g in ("error", "loss")):
        assert goal["reached"]
        assert goal["measured"] == pytest.approx(goal["predicted"], rel=0.01, abs=1)
        assert goal["measured"] <= found["plain"]["bound"]


def test_the_page_is_the_same_twice_and_has_no_loose_ends(run) -> None:
    pages = [run("analyze", POISSON, "--modes", 4, "--verify").stdout for _ in range(2)]
    assert pages[0] == pages[1]
    assert all(line == line.rstrip() and len(line) <= 100 for line in pages[0].splitlines())


def test_a_picture_is_written_and_never_overwritten(run, place) -> None:
    result = run("analyze", "line.pde", "--modes", 3, "--plot", "line.png")
    assert result.exit_code == 0, result.stderr
    assert "drawn: line.png" in result.stderr
    drawn = (place / "line.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")
    again = run("analyze", "line.pde", "--modes", 3, "--plot", "line.png")
    assert again.exit_code == 2
    assert "line.png exists already; nothing is overwritten" in again.stderr
    assert (place / "line.png").read_bytes() == drawn


def test_no_picture_without_matrices(run, place) -> None:
    hole = ROOT / "specs" / "poisson_hole.pde"
    result = run("analyze", hole, "--plot", "hole.png")
    assert result.exit_code == 3
    assert "no picture: the domain Omega is not a box" in result.stderr
    assert "u_xxxx" in result.stdout
    assert not (place / "hole.png").exists()


def test_a_folder_that_is_not_there(run) -> None:
    result = run("analyze", "line.pde", "--modes", 3, "--plot", "nowhere/line.png")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--basis", "hermite"), "'hermite' is not one of"),
        (("--modes", 0), "0 is not in the range"),
        (("--modes", 100_000), "100000 is not in the range"),
        (("--plot", "line.jpg"), "line.jpg needs the ending .png"),
        (("--modes", "many"), "'many' is not a valid integer"),
        (("--index", "square"), "'square' is not one of"),
        (("--epsilon", 1), "1.0 is not in the range"),
        (("--epsilon", 0), "0.0 is not in the range"),
        (("--set", "k"), "expected a name, = and a number"),
        (("--wrong",), "No such option"),
    ],
    ids=lambda v: " ".join(map(str, v)) if isinstance(v, tuple) else "",
)
def test_wrong_usage(run, arguments, said: str) -> None:
    result = run("analyze", "line.pde", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not result.stdout


def test_a_broken_spec_gets_diagnostics(run, place) -> None:
    (place / "bad.pde").write_text("eq: u = = 2\n")
    result = run("analyze", "bad.pde", "--json")
    assert result.exit_code == 1
    assert "error[" in result.stderr
    data = json.loads(result.stdout)
    assert data["status"] == "rejected"
    assert data["diagnostics"]
    assert run("analyze", "line.pde", "--set", "q=3").exit_code == 1
    assert run("analyze", "missing.pde").exit_code == 1


def test_parameters_are_set(run) -> None:
    slow, fast = (
        analyze(run, ROOT / "specs" / "advection.pde", "--set", f"beta={b}", "--modes", 2, "--json")
        for b in (30, 3000)
    )
    assert (slow["params"], fast["params"]) == ({"beta": 30}, {"beta": 3000})
    assert fast["kappa"]["best"]["kappa"] > 1e3 * slow["kappa"]["best"]["kappa"]
    assert slow["operator"] == fast["operator"] == "beta*u_x + u_t"


def test_too_many_functions_are_an_obstacle(run) -> None:
    data = analyze(run, "plane.pde", "--modes", 300, "--json")
    assert "361201 functions" in data["obstacle"]


def test_a_law_without_a_derivative_at_the_state(run, place) -> None:
    (place / "root.pde").write_text(
        "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx + sqrt(abs(u)) = 1\nbc: u = 0 on boundary\n"
    )
    result = run("analyze", "root.pde", "--modes", 2)
    assert result.exit_code == 0
    assert "the equations have no derivative at the state" in result.stdout
    assert "not computed" in result.stdout


def test_a_picture_that_cannot_be_written(run) -> None:
    result = run("analyze", "line.pde", "--modes", 2, "--plot", "/proc/line.png")
    assert result.exit_code == 3
    assert "cannot be written" in result.stderr
