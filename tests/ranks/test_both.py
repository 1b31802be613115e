"""Two processes of ``torchrun`` give what one gives; see `tests.ranks.both`, which they run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pdedsl.optimizers.registry import OPTIMIZERS
from tests.conftest import ROOT

from .both import SYSTEMS

Differences = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def differences(tmp_path_factory: pytest.TempPathFactory) -> Differences:
    file = tmp_path_factory.mktemp("ranks") / "differences.json"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    done = subprocess.run(
        [*command, "-m", "tests.ranks.both", str(file)],
        cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: Differences = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_asked_of_a_system(differences: Differences, system: str) -> None:
    own = {k: v for k, v in differences["products"].items() if k.startswith(f"{system}: ")}
    assert len(own) == 15
    assert max(own.values()) < 1e-13, own


def test_all_processes_follow_changes_of_points_and_weights(differences: Differences) -> None:
    assert len(differences["changes"]) == 10
    assert max(differences["changes"].values()) < 1e-13, differences["changes"]


def test_triangles_and_sums_of_jacobians_that_are_kept_or_made_in_parts(
    differences: Differences,
) -> None:
    """By QR as accurate as one decomposition; κ(J)² costs sums their digits, at a λ of 1e-3."""
    found = differences["first_orders"]
    sums = {k: v for k, v in found.items() if k.startswith("sums")}
    others = {k: v for k, v in found.items() if k not in sums}
    assert max(sums.values()) < 1e-10, sums
    assert max(others.values()) < 1e-12, others


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_steps_of_every_optimizer(differences: Differences, kind: str) -> None:
    """To 1e-11, or to ten times what a change of θ by rounding makes of them."""
    assert differences["steps"][kind] < 1


def test_solutions_of_every_optimizer_that_comes_to_one(differences: Differences) -> None:
    found = differences["solutions"]
    assert len(found) == len(OPTIMIZERS) - 3
    assert found["lstsq"] < 1e-13
    assert max(found.values()) < 1e-10, found


def test_pieces_of_a_domain_with_a_basis_each(differences: Differences) -> None:
    assert len(differences["pieces"]) == 3
    assert max(differences["pieces"].values()) < 1e-13, differences["pieces"]


def test_a_share_that_fails_is_told_and_orders_go_on(differences: Differences) -> None:
    assert differences["failures"] == {"told": 0.0, "and on": pytest.approx(0.0, abs=1e-13)}
