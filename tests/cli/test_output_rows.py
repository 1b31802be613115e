"""Outputs in the table of a result and side by side."""

from __future__ import annotations

import math

from pdedsl.cli.rows.output_rows import output_rows
from tests import small


def test_rows():
    outputs = {
        "peak": {"value": 0.5, "at": {"x": 0.25, "t": 1.0}, "exact": 0.501, "error": 1e-3},
        "flux": {"value": -8.0, "quadrature_error": 2e-6, "estimate": -3e-4},
        "none": {"value": math.nan},
    }
    found = dict(output_rows(outputs, {}))
    assert found["output peak"] == "0.5 at x = 0.25, t = 1 (exact 0.501, error 1.00e-03)"
    assert found["output flux"] == "-8 (estimated error 3.00e-04; integrals to 2.00e-06 only)"
    assert found["output none"].startswith("no number")
    found = dict(output_rows(outputs, {"flux": "W/m^2", "peak": "1"}))
    assert found["output flux"].startswith("-8 W/m^2")
    assert found["output peak"].startswith("0.5 at")


def test_side_by_side(run, place):
    (place / "plane.pde").write_text(small.PLANE + "output here = u(2, 1)\n")
    result = run("compare", "plane.pde", "--methods", "auto,m1", "--iterations", 3, "--no-plots")
    (line,) = [text for text in result.stdout.splitlines() if text.startswith("output here")]
    assert line.split()[2] == "5" and len(line.split()) == 4


def test_machines_read_them(run, place):
    import json

    (place / "plane.pde").write_text(
        small.PLANE + "output here = u(2, 1), bad = log(u(2, 1) - 9)\n"
    )
    result = run("solve", "plane.pde", "--budget", 3, "--no-plots", "--json")
    outputs = json.loads(result.stdout)["outputs"]
    assert abs(outputs["here"]["value"] - 5) < 1e-10
    assert outputs["bad"]["value"] is None
