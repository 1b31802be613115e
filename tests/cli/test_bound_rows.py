"""Bounds of errors in the table of a result, and in JSON."""

from __future__ import annotations

import json

from pdedsl.cli.rows.bound_rows import bound_rows

LINE = """
domain O: x in [0, 1]
unknown u(x)
eq: -u_xx = 1
bc: u = 0  on boundary
"""


def test_rows():
    own = {"l2": 2e-3, "relative": 1e-3}
    bound = {
        "fields": {"u": own, "v": {"l2": 2e-3, "relative": None}}, "theorem": "coercive",
        "inequality": "‖e‖ ≤ 2 ‖r‖", "constant": 2.0, "residual": 5e-4, "conditions": 1e-3,
        "guaranteed": False, "reason": "",
    }  # fmt: skip
    found = dict(bound_rows({"bound": bound}))
    assert found["error bound u"] == "1.00e-03, up to quadrature"
    assert found["error bound v"] == "2.00e-03 in absolute terms, up to quadrature"
    text = "coercive: ‖e‖ ≤ 2 ‖r‖; ‖r‖ = 5.00e-04, conditions add 1.00e-03"
    assert found["bound by"] == text
    proved = dict(bound_rows({"bound": {**bound, "guaranteed": True}}))
    assert proved["error bound u"] == "1.00e-03, guaranteed" and "‖r‖ ≤ 5" in proved["bound by"]


def test_machines_read_the_bound_or_why_there_is_none(run, place):
    (place / "linear.pde").write_text(LINE)
    (place / "nonlinear.pde").write_text(LINE.replace("= 1", "= 1 + u^2/9"))
    found = {
        name: json.loads(run("solve", f"{name}.pde", "--json", "--no-plots", "--budget", 3).stdout)[
            "bound"
        ]
        for name in ("linear", "nonlinear")
    }
    assert found["linear"]["guaranteed"] and found["linear"]["fields"]["u"]["relative"] < 1e-2
    assert found["nonlinear"]["fields"] == {} and "not linear" in found["nonlinear"]["reason"]
    assert bound_rows({"bound": found["nonlinear"]}) == []
