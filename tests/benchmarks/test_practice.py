"""A quick problem of each kind that people bring; the others are in the benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

import pdedsl

from .practice.kinds import cases

QUICK = {
    "counterflow heat exchanger": "units",
    "a square with four hot walls": "starts",
    "insulated wall of four layers (SI)": "layers",
    "a ball of flame": "growth",
    "string of varying density": "eigen",
    "pantograph": "delays",
    "a standing shock layer, ν = 0.01": "shocks",
    "Young's modulus, 2.1e11 from 1e9 (SI)": "rates",
}


@pytest.mark.parametrize("name", QUICK)
def test_a_problem_as_people_bring_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case,) = cases([QUICK[name], name])
    monkeypatch.chdir(tmp_path)
    for file, text in case.files.items():
        Path(file).write_text(text, encoding="utf-8")
    solution = pdedsl.solve(pdedsl.parse(case.text), budget=30)
    values = [
        float(solution.derivative(t.field)(**t.at)) if t.at else solution.numbers[t.field]
        for t in case.truths
    ]
    assert solution.finding is None
    assert case.error(values) < 1e-3


def test_each_kind_has_ten_problems() -> None:
    kinds = [case.kind for case in cases(["eigen", "rates", "layers"])]
    assert min(kinds.count(kind) for kind in set(kinds)) >= 10
