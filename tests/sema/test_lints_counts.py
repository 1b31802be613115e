"""L104: as many equations as unknowns, with cases that are flagged and cases that are not."""

from __future__ import annotations

from pathlib import Path

from checking import PLANE, POISSON, check, codes

TIMES = "time t in [0, 1]\n"


def _only(text: str, message: str) -> None:
    """Exactly one finding, L104 with the start of this message."""
    found = check(text)
    assert len(found) == 1 and found[0][0] == "L104" and found[0][1].startswith(message), found


def test_counts() -> None:
    text = TIMES + "unknown u(t), w(t)\neq: u_t = -w\nic: u = 1 at t = 0"
    _only(text, "1 scalar equation for 2 unknown components: u and w")
    _only(PLANE + POISSON + "eq: u_x = u_y", "2 scalar equations for 1 unknown component: u")


def test_a_curl_says_one_equation_less() -> None:
    text = "domain O: (x, y, z) in [0, 1]^3\nunknown B(x, y, z) in R^3\neq: div(B) = 0\n"
    text += "bc: dot(B, n) = y*n[1] + x*n[2] on boundary\n"
    assert codes(text + "eq: curl(B) = (0, 0, 0)") == []
    assert codes(text + "param k = 2\neq: k*curl(B) = (sin(y), k*cos(z)^2, x*y)") == []
    assert codes(text + "eq: curl(B) = (x, 0, 0)") == ["L104"]
    assert codes(text + "eq: curl(B) + B = (0, 0, 0)") == ["L104"]


def test_number_without_data() -> None:
    text = TIMES + "unknown u(t)\nunknown k guess 1\neq: u_t = -k*u\nic: u = 1 at t = 0\n"
    _only(text, "nothing determines the number k")
    assert codes(text + "eq: u = 0.5 at t = 1") == []


def test_number_declared_as_a_field(tmp_path: Path) -> None:
    rows = "".join(f"{i / 20},{1 - i / 40}\n" for i in range(21))
    (tmp_path / "m.csv").write_text("t,v\n" + rows)
    text = TIMES + 'unknown u(t)\nunknown k\ndata m(t, v) from "m.csv"\neq: u_t = -k*u\n'
    text += "ic: u = 1 at t = 0\nfit: u = m.v on m"
    assert check(text, tmp_path) == [
        ("L104", "k is an unknown function of t, never differentiated")
    ]
    assert check(text.replace("unknown k", "unknown k guess 1"), tmp_path) == []


def test_eigenvalue_problem_with_normalisation() -> None:
    text = "domain O: x in [0, 1]\nunknown u(x)\nunknown k guess 9\neq: -u_xx = k*u\n"
    text += "bc: u = 0 on boundary\n"
    assert set(codes(text)) == {"L104", "L106"}
    assert codes(text + "eq norm: integral(u^2, O) = 1") == []
