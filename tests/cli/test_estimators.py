"""Estimated Laplacians on the command line."""

from __future__ import annotations

import json

from pdedsl.choice.auto import means_network

SPEC = """problem "nine"
domain Omega: x in [0, 1]^9
unknown u(x)
eq: lap(u) = 18
eq other: sum(x[i]*d(u, x[i], 2) for i in 1..9) = sum(2*x[i] for i in 1..9)
bc: u = sum(x[i]^2 for i in 1..9)  on boundary
"""
METHOD = """[model]
width = 5
depth = 1
[optimizer]
kind = "adam"
iterations = 3
[sampling]
points = { eq = 20, bc = 20 }
[derivatives]
laplacian = "sparse"
directions = 3
"""


def test_the_standard_error_and_the_bias_are_shown(run, place):
    (place / "nine.pde").write_text(SPEC)
    (place / "nine.toml").write_text(METHOD)
    result = run("solve", "nine.pde", "--method", "nine.toml", "--no-plots")
    lines = dict(line.split(None, 2)[1:] for line in result.stdout.splitlines() if "apl" in line)
    assert lines["eq"].startswith("sparse, 3 directions for 9 second derivatives, standard error ")
    assert lines["eq"].endswith("rms eq is taken without the estimate")
    assert lines["other"].startswith("exact: it has no sum of second derivatives")
    assert "E[r̂²] = r² + Var r̂" in result.stdout
    assert "resample = 0" in result.stdout


def test_json_has_the_estimators(run, place):
    (place / "nine.pde").write_text(SPEC)
    (place / "nine.toml").write_text(METHOD)
    how = ("--with", "derivatives.laplacian=hutchinson", "--with", "derivatives.directions=4")
    result = run("solve", "nine.pde", "--method", "nine.toml", "--no-plots", "--json", *how)
    data = json.loads(result.stdout)
    entry = data["estimators"]["eq"]
    assert (entry["kind"], entry["directions"], entry["derivatives"]) == ("hutchinson", 4, 9)
    assert entry["standard_error"] > 0
    assert entry["relative"] > 0
    assert data["laws"]["eq"] == entry["rms"]
    assert data["estimators"]["other"]["kind"] == "exact"
    assert data["settings"]["derivatives"]["laplacian"] == "hutchinson"


def test_auto_takes_a_network():
    assert means_network({"derivatives.laplacian": "sparse"})
    assert not means_network({"derivatives.laplacian": "exact"})


def test_without_the_option_nothing_is_estimated(run):
    result = run("solve", "line.pde", "--method", "quick.toml", "--no-plots", "--json")
    assert json.loads(result.stdout)["estimators"] == {}


def test_wrong_values_are_shown_in_the_file(run, place):
    (place / "wrong.toml").write_text('[derivatives]\nlaplacian = "spars"\ndirections = 0\n')
    result = run("solve", "line.pde", "--method", "wrong.toml")
    assert result.exit_code == 1
    assert "did you mean sparse" in result.stderr
    assert "directions must be a number of at least 1" in result.stderr
