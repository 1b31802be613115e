"""L113: the integral of a source against those of the fluxes."""

from __future__ import annotations

import pytest
from checking import PLANE, codes, report

GAUGE = "eq gauge: integral(u, Omega) = 0\n"
WIDE = "domain Omega: (x, y) in [0, 2] * [0, 1]\nunknown u(x, y)\n"
SIDES = "bc: dn(u) = 2.5 on x = 0\nbc: u_x = -2.5 on x = 2\nbc: u_y = 0 on y = 1\n"
TORUS = WIDE + "eq: lap(u) = sin(pi*x)\nbc: u periodic in x\nbc: u_y = 0 on y = 1\n"
LINE = "domain Omega: x in [0, 1]\nunknown u(x)\n"
DISK = "domain Omega: (x, y) in disk(center = (0, 0), radius = 2)\nunknown u(x, y)\n"
RING = DISK.replace("\nunk", " minus disk(center = (0, 0), radius = 1)\nunk")
SPACE = "domain Omega: (x, y, z) in [0, 1]^3\nunknown u(x, y, z)\n"

WRONG = {
    "plane": (PLANE + "eq: lap(u) = x\nbc: dn(u) = 0 on boundary\n", "write + 0.5 more"),
    "weights": (
        WIDE + "eq: -2*u_xx - 3*u_yy = -10\nbc: dn(u) = 2 on y = 0\n"
        + SIDES.replace("-2.5", "2.5"),
        "write + 1 more",
    ),
    "torus": (TORUS + "bc: dn(u) = 1 on y = 0\n", "write - 1 more"),
    "space": (SPACE + "eq: lap(u) = y^2\nbc: dn(u) = 0 on boundary\n", "write + 0.333333333 more"),
    "disk": (DISK + "eq: -lap(u) = 1 + x\nbc: dn(u) = 0 on boundary\n", "write + 1 more"),
    "ring": (  # 6π of fluxes, on an area of 3π
        RING + "eq: 2*u_xx + 4*u_yy = x\nbc: n[1]*u_x + 2*n[2]*u_y = 1/2 on boundary\n",
        "write - 2 more",
    ),
    "period": (LINE + "eq: 4*u_xx = cos(2*pi*x)^2\nbc: u periodic in x\n", "write + 0.5 more"),
}  # fmt: skip

RIGHT = {
    "plane": PLANE + "eq: lap(u) = x\nbc: dn(u) = x/2 on x = 1\n"
    "bc: dn(u) = 0 on boundary where x < 1\n",
    "weights": WIDE + "eq: -2*u_xx - 3*u_yy = -6\nbc: dn(u) = 2 on y = 0\n" + SIDES,
    "disk": DISK + "eq: -lap(u) = 1\nbc: dn(u) = -1 on boundary\n",
    "ring": RING + "eq: lap(u) = 4\nbc: dn(u) = 4 on boundary where x^2 + y^2 > 2\n"
    "bc: dn(u) = -2 on boundary where x^2 + y^2 < 2\n",
    "hole held": RING + "eq: lap(u) = 4\nbc: dn(u) = 1 on boundary where x^2 + y^2 > 2\n"
    "bc: u = 0 on boundary where x^2 + y^2 < 2\n",
    "reaction": PLANE + "eq: lap(u) = u + 1\nbc: dn(u) = 0 on boundary\n",
    "Robin": PLANE + "eq: lap(u) = 1\nbc: dn(u) + u = 0 on boundary\n",
    "one value": PLANE + "eq: lap(u) = 1\nbc: dn(u) = 0 on x > 0\nbc: u = 0 on x = 0\n",
    "unknown level": LINE + "unknown c guess 1\neq: u_xx = 1 + c\nbc: dn(u) = 0 on boundary\n",
    "in time": PLANE.replace("(x, y)\n", "(x, y, t)\n") + "time t in [0, 1]\neq: u_t = lap(u) + 1\n"
    "bc: dn(u) = 0 on boundary\nic: u = 0 at t = 0\n",
    "a narrow source": LINE + "eq: u_xx = exp(-((x - 0.3)/1e-4)^2)\nbc: dn(u) = 0 on boundary\n",
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_out_of_balance(name: str) -> None:
    text, mend = WRONG[name]
    found = {d.code: d.mend for d in report(text + GAUGE)[1]}
    assert list(found) == ["L113"] and found["L113"].startswith(mend), found


@pytest.mark.parametrize("name", RIGHT)
def test_in_balance(name: str) -> None:
    assert "L113" not in codes(RIGHT[name] + GAUGE)
