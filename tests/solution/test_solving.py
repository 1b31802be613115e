"""From a plan to a solution."""

from __future__ import annotations

import errno
import os

import pytest

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.solution.planning import as_settings, plan
from pdedsl.solution.solution import Solution
from tests import small


def test_the_same_seed_gives_the_same_numbers():
    problem = pdedsl.parse(small.PLANE)
    first, second, other = (pdedsl.solve(problem, small.method(), seed=seed) for seed in (1, 1, 2))
    assert first.theta.equal(second.theta)
    assert not first.theta.equal(other.theta)


def test_summary_has_the_keys_of_the_contract():
    data = small.solved(small.PLANE).summary()
    assert data.keys() >= {
        "problem", "spec_sha256", "method", "why", "seed", "device", "dtype", "parameters",
        "iterations", "seconds", "loss", "laws", "errors", "unknowns", "history", "run",
    }  # fmt: skip
    assert data["seconds"].keys() == {"total", "choose", "compile", "train", "estimate"}
    seconds = dict(data["seconds"])
    assert seconds.pop("total") >= sum(seconds.values())
    assert data["history"][0].keys() == {"seconds", "iteration", "loss", "rel_l2"}


def test_changes_of_the_method_are_kept():
    problem = pdedsl.parse(small.PLANE)
    chosen = plan(problem, small.method(), settings=[("model.width", "9")], iterations=3)
    assert chosen.provenance.settings["model"]["width"] == 9
    assert chosen.provenance.settings["optimizer"]["iterations"] == 3


def test_iterations_are_spent_on_the_stages_in_order():
    stages = [{"kind": "adam", "iterations": 10}, {"kind": "lbfgs", "iterations": 10}]
    data = as_settings(small.method())
    del data["optimizer"]
    staged = type(small.method()).model_validate(data | {"schedule": {"stages": stages}})
    problem = pdedsl.parse(small.PLANE)

    def counts(n: int) -> list[int]:
        found = plan(problem, staged, iterations=n).method
        return [stage.iterations for stage in found.stages]

    assert counts(4) == [4]
    assert counts(14) == [10, 4]
    assert counts(50) == [10, 40]


def test_settings_read_back_as_the_same_method():
    method = small.method()
    assert type(method).model_validate(as_settings(method)) == method


@pytest.mark.parametrize(
    ("options", "code"),
    [({"device": "cuda"}, "E803"), ({"device": "gpu"}, "E803"), ({"dtype": "float16"}, "E803"),
     ({"settings": [("model.widht", "3")]}, "E802")],
)  # fmt: skip
def test_bad_options_are_the_users_errors(options, code):
    import torch

    if options.get("device") == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(UserError) as caught:
        pdedsl.solve(pdedsl.parse(small.PLANE), small.method(), **options)
    assert caught.value.diagnostics[0].code == code


def test_single_precision():
    solution = pdedsl.solve(pdedsl.parse(small.PLANE), small.method(3), dtype="float32")
    assert str(solution.theta.dtype) == "torch.float32"
    assert solution.summary()["dtype"] == "float32"


def test_what_cannot_be_solved_is_said_with_its_place():
    text = "domain A: x in [0, 1]\ndomain B: y in [0, 1]\nunknown u(x) in A, v(y) in B\n"
    text += "eq: u_xx = 0  in A\neq: v_yy = 0  in B\n"
    with pytest.raises(UserError, match="E901"):
        pdedsl.solve(pdedsl.parse(text), small.method())


def test_stopping_keeps_the_best_state():
    asked = iter([False] * 4 + [True] * 1000)
    solution = pdedsl.solve(
        pdedsl.parse(small.PLANE), small.method(500), should_stop=lambda: next(asked)
    )
    assert solution.outcome.status == "interrupted"
    assert solution.outcome.iterations < 10
    assert solution.errors["u"]["linf"] < 10


@pytest.mark.parametrize("rms", [0.0, 0.25, None])
def test_the_rms_of_a_law_is_that_without_the_estimate(monkeypatch, rms):
    monkeypatch.setattr(Solution, "estimators", {"eq": {"kind": "sparse", "rms": rms}})
    solution = pdedsl.solve(pdedsl.parse(small.PLANE), small.method(2))
    trained = solution.system.losses_by_law(solution.theta)["eq"]
    assert trained > 0
    assert solution.outcome.laws["eq"] == pytest.approx(trained if rms is None else rms)


def test_a_full_disk_does_not_cost_the_result(tmp_path, monkeypatch):
    real = os.replace

    def full(source: str, target: str) -> None:
        if not str(target).endswith((".pde", ".toml")) and seen:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        seen.append(1) if str(target).endswith("run.json") else None
        real(source, target)

    seen: list[int] = []
    monkeypatch.setattr(os, "replace", full)
    solution = pdedsl.solve(pdedsl.parse(small.PLANE), small.method(2), run_dir=tmp_path / "r")
    assert solution.errors["u"]["linf"] > 0
    assert any("checkpoint.safetensors: No space left" in text for text in solution.unsaved)
