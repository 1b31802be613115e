"""JSON, TOML, tensors and histories come back as they went out."""

from __future__ import annotations

import json
import math
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.runs import clean, dumps, history, tensors, tomltext
from pdedsl.training.outcome import Progress

SLOW = settings(max_examples=60, deadline=None, derandomize=True)
KEYS = st.text(min_size=1, max_size=8)
PLAIN = st.one_of(st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=12))
NUMBERS = st.floats(allow_nan=False)
VALUES = st.one_of(PLAIN, NUMBERS, st.lists(NUMBERS, max_size=3))
TABLES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4),
    lambda inner: st.dictionaries(KEYS, st.one_of(VALUES, inner, st.lists(inner, max_size=2))),
    max_leaves=12,
)


@SLOW
@given(TABLES)
def test_toml_reads_back_the_same(table):
    assert tomllib.loads(tomltext.dumps(table)) == table


def test_toml_leaves_out_what_is_none():
    assert tomltext.dumps({"a": None, "b": {"c": None, "d": 1}}) == "[b]\nd = 1\n"


def test_json_has_no_nan():
    value = {"a": math.nan, "b": [math.inf, np.float64(1.5)], "c": np.array([1.0, np.nan]), 3: True}
    assert json.loads(dumps(value)) == {"a": None, "b": [None, 1.5], "c": [1.0, None], "3": True}
    assert clean(np.int64(3)) == 3


def test_tensors_read_back_the_same(tmp_path):
    arrays = {"theta": np.array([0.1, np.nan, -0.0, np.inf]), "none": np.empty(0)}
    path = tmp_path / "state.safetensors"
    path.write_bytes(tensors.encode(arrays, {"spec": "eq: Δu = 0\n"}))
    found, facts = tensors.read(path)
    assert facts == {"spec": "eq: Δu = 0\n"}
    assert {k: v.tobytes() for k, v in found.items()} == {k: v.tobytes() for k, v in arrays.items()}


@pytest.mark.parametrize("cut", [0, 4, 12, -1])
def test_cut_tensors_are_refused(cut, tmp_path):
    content = tensors.encode({"a": np.ones(3)}, {})
    path = tmp_path / "cut.safetensors"
    path.write_bytes(content[:cut] if cut >= 0 else content[:-8])
    with pytest.raises(ValueError, match="safetensors"):
        tensors.read(path)


def test_history_comes_back_and_forgives_a_cut_last_row(tmp_path):
    events = [
        Progress(0, 0.125, 1.5, {"eq": 1.0, "bc": 0.25}),
        Progress(
            7, 1.5, 1e-12, {"eq": 1e-6, "bc": 1e-9}, 3e-5, "stage lbfgs, fresh",
            {"eq": 1.0, "bc": 50.0}, {"eq": 2e-3},
        ),
    ]  # fmt: skip
    path = tmp_path / "history.csv"
    path.write_text(history.table(events))
    assert [Progress(**row) for row in history.rows(path)] == events
    path.write_text(history.table(events)[:-45])
    assert [Progress(**row) for row in history.rows(path)] == events[:1]


def test_history_is_on_disk_while_it_grows(tmp_path):
    path = tmp_path / "history.csv"
    file = history.HistoryFile(path)
    for i in range(3):
        file.append(Progress(i, 0.0, 1.0, {"eq": 1.0}))
        assert len(history.rows(path)) == i + 1
    file.close()
