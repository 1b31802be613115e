"""``pdedsl analyze --network``."""

from __future__ import annotations

import json

import pytest


def test_a_page_and_pictures(run, place):
    done = run(
        "analyze", "line.pde", "--network", "quick.toml", "--iterations", 5, "--pictures", "new"
    )
    assert done.exit_code == 0, done.output
    assert "Drift of the tangent kernel" in done.stdout
    assert "Hessian" in done.stdout
    assert "method quick.toml" in done.stderr and "the Hessian along the training" in done.stderr
    assert "drawn: kernels_start.png" in done.stderr
    assert (place / "new" / "green.png").is_file()


def test_json(run):
    done = run(
        "analyze", "plane.pde", "--network", "quick.toml", "--iterations", 2,
        "--with", "model.width=4", "--seed", 3, "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data["seed"] == 3
    assert data["settings"]["model"]["width"] == 4
    assert [state["iteration"] for state in data["states"]] == [0, 1, 2]


def test_a_budget_ends_the_training(run):
    done = run("analyze", "plane.pde", "--network", "quick.toml", "--budget", 1e-6, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["training"]["status"] == "budget"


def test_an_interrupted_training_is_reported(run, monkeypatch):
    from pdedsl.cli import interrupt

    monkeypatch.setattr(interrupt.Interrupt, "__call__", lambda self: True)
    done = run("analyze", "line.pde", "--network", "quick.toml")
    assert done.exit_code == 3
    assert "training: interrupted" in done.stdout
    assert "states until then" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--verify"],
        ["--plot", "a.png"],
        ["--basis", "sine"],
        ["--modes", "3"],
        ["--index", "total"],
        ["--epsilon", "0.1"],
    ],
)
def test_options_of_the_matrices_are_refused(run, options):
    done = run("analyze", "line.pde", "--network", "quick.toml", *options)
    assert done.exit_code == 2
    assert f"{options[0]}: not with --network" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--iterations", "3"],
        ["--budget", "3"],
        ["--pictures", "new"],
        ["--seed", "0"],
        ["--with", "model.width=3"],
    ],
)
def test_options_of_networks_need_a_network(run, place, options):
    done = run("analyze", "line.pde", *options)
    assert done.exit_code == 2
    assert f"{options[0]}: only with --network" in done.stderr
    assert not (place / "new").exists()


def test_all_options_at_fault_are_named(run):
    done = run("analyze", "line.pde", "--network", "lm", "--verify", "--modes", 3)
    assert "--modes, --verify: not with --network" in done.stderr


def test_nothing_is_overwritten(run, place):
    (place / "full").mkdir()
    (place / "full" / "note").write_text("mine")
    done = run("analyze", "line.pde", "--network", "quick.toml", "--pictures", "full")
    assert done.exit_code == 2
    assert "full is not empty; nothing is overwritten" in done.stderr
    assert [p.name for p in (place / "full").iterdir()] == ["note"]


def test_no_empty_folder_is_left_behind(run, place):
    done = run("analyze", "line.pde", "--network", "nonsense", "--pictures", "new")
    assert done.exit_code == 1
    assert "E801" in done.stderr
    assert not (place / "new").exists()


def test_a_training_without_finite_states_fails(run, place):
    (place / "root.pde").write_text(
        'problem "root"\ndomain Omega: x in [0, 1]\nunknown u(x)\n'
        "eq: u_x = sqrt(-1 - u^2)\nbc: u = 0  on x = 0\n"
    )
    done = run("analyze", "root.pde", "--network", "quick.toml", "--iterations", 2, "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["status"] == "failed"
