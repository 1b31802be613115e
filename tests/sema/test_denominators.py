"""L121: an unknown number without a sign in a denominator."""

from __future__ import annotations

from pathlib import Path

import pytest

import pdedsl

TEXT = """time t in [0, 1]
unknown u(t)
unknown {numbers}
data probe(t, value) from "probe.csv"
eq: u_t = {law}
ic: u = 1  at t = 0
fit: u = probe.value  on probe
"""


def lints(folder: Path, law: str, numbers: str) -> list[tuple[str, str | None]]:
    rows = "\n".join(f"{i / 10},{1 - i / 20}" for i in range(11))
    (folder / "probe.csv").write_text(f"t,value\n{rows}\n", encoding="utf-8")
    path = folder / "fit.pde"
    path.write_text(TEXT.format(law=law, numbers=numbers), encoding="utf-8")
    return [(f.message, f.mend) for f in pdedsl.load(path).lints if f.code == "L121"]


@pytest.mark.parametrize(("law", "numbers", "mend"), [
    ("-u/k", "k guess 4", "write k > 0 guess 4"),
    ("-u/k", "k guess -0.5", "write k < 0 guess -0.5"),
    ("-u/k^2", "k guess 3e-5", "write k > 0 guess 3e-05"),
    ("-u/(a*k)", "a > 0 guess 1, k > -1 guess 2", "write k > 0 guess 2"),
    ("-a*u/sqrt(k)", "a guess 1, k < 5 guess 2", "write k > 0 guess 2"),
    ("-exp(-u/k)", "k guess 1", "write k > 0 guess 1"),
])  # fmt: skip
def test_a_denominator_that_may_vanish_is_told(
    tmp_path: Path, law: str, numbers: str, mend: str
) -> None:
    ((message, found),) = lints(tmp_path, law, numbers)
    assert message.startswith("k stands in a denominator") and found == mend
    mended = numbers.replace(numbers[numbers.rindex("k") :], mend.removeprefix("write "))
    assert lints(tmp_path, law, mended) == []


@pytest.mark.parametrize(("law", "numbers"), [
    ("-u/k", "k > 0 guess 4"), ("-u/k", "k < 0 guess -4"), ("-u/k", "k > 0.5 < 9 guess 4"),
    ("-k*u", "k guess 4"), ("-a*u/(k + u)", "a guess 1, k guess 1"), ("-u/(1 + k^2)", "k guess 1"),
])  # fmt: skip
def test_other_denominators_are_not(tmp_path: Path, law: str, numbers: str) -> None:
    assert lints(tmp_path, law, numbers) == []
