"""A field without a derivative in time has no estimate by a march of its error."""

from __future__ import annotations

import pdedsl

FLUX = """domain O: x in [0, 1]
time t in [0, 0.1]
unknown u(x, t), q(x, t)
eq: u_t = q_x
eq: q = u_x
bc: u = 0  on boundary
ic: u = sin(pi*x)*exp(x)  at t = 0
"""


def test_what_is_not_known_is_no_number() -> None:
    method = {
        "model": {"kind": "windows", "count": 2, "pieces": [{"kind": "basis", "modes": [6, 4]}]},
        "optimizer": {"kind": "lstsq"},
        "sampling": {"kind": "collocation"},
    }
    solution = pdedsl.solve(pdedsl.parse(FLUX), method=pdedsl.Method.model_validate(method))
    assert solution.estimate is not None
    assert solution.estimate.fields == {}
    assert solution.estimate.reason.startswith("q has no derivative in time")
