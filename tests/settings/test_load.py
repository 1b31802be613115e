"""Method files: what is read, and what is said about what cannot be."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.diagnostics import Source, UserError
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.quasi_newton.lbfgs import LbfgsOptions
from pdedsl.optimizers.registry import OPTIMIZERS
from pdedsl.settings.labels import check_labels
from pdedsl.settings.load import load_method, presets
from pdedsl.settings.method import Method
from pdedsl.settings.toml import read
from pdedsl.settings.toml_places import places


def _faults(tmp_path, text, sets=None):
    """Each diagnostic as (code, line, column, text under the caret, message, mend)."""
    file = tmp_path / "m.toml"
    file.write_bytes(text.encode())
    with pytest.raises(UserError) as caught:
        load_method(str(file), sets)
    source = caught.value.source
    return [
        (d.code, *source.position(d.span.start), source.slice(d.span), d.message, d.mend)
        for d in caught.value.diagnostics
    ]


@pytest.mark.parametrize("name", presets())
def test_presets_are_valid_and_explained(name):
    method, source = load_method(name)
    assert isinstance(method, Method)
    assert re.match(r"# [A-Z].*\.\n", source.text)
    assert method == Method.model_validate(method.model_dump(exclude_unset=True))


def test_the_presets_that_users_are_told_of():
    assert {"lm", "lm_wide_sin", "lm_deep_tanh", "adam", "adam_lbfgs", "lbfgs"} <= set(presets())
    assert {"gd", "preconditioned_gd", "preconditioned_fourier"} <= set(presets())


def test_unknown_key_is_pointed_at_with_the_nearest(tmp_path):
    text = "[model]\nkind = 'mlp'\n  widht = 64\n"
    ((code, line, column, under, message, mend),) = _faults(tmp_path, text)
    assert (code, line, column, under) == ("E802", 3, 3, "widht")
    assert message == "there is no key widht in [model]"
    assert mend == "did you mean width?"


def test_unknown_key_of_an_optimizer_is_pointed_at(tmp_path):
    text = '[optimizer]\nkind = "adam"\nratio = 0.1\n'
    ((code, line, column, under, message, _),) = _faults(tmp_path, text)
    assert (code, line, column, under) == ("E802", 3, 1, "ratio")
    assert "[optimizer]" in message


def test_unknown_section_is_pointed_at(tmp_path):
    ((_, line, _, under, message, mend),) = _faults(tmp_path, "\n[modle]\nwidth = 3\n")
    assert (line, under) == (2, "[modle]")
    assert message == "there is no section [modle] in a method"
    assert mend == "did you mean model?"


def test_choices_are_listed(tmp_path):
    ((_, line, column, under, message, mend),) = _faults(tmp_path, '[model]\nactivation = "tahn"\n')
    assert (line, column, under) == (2, 14, '"tahn"')
    names = "tanh, sin, gelu, silu or softplus"
    assert message == f'activation takes {names}, but here it is "tahn"'
    assert mend == "did you mean tanh?"


def test_unknown_optimizer(tmp_path):
    ((_, line, column, under, message, mend),) = _faults(tmp_path, '[optimizer]\nkind = "adan"\n')
    assert (line, column, under) == (2, 8, '"adan"')
    assert message.endswith(', but here it is "adan"')
    assert all(kind in message for kind in OPTIMIZERS)
    assert mend == "did you mean adam?"


def test_optimizer_without_kind(tmp_path):
    ((_, line, _, under, message, mend),) = _faults(tmp_path, "[optimizer]\niterations = 3\n")
    assert (line, under) == (1, "[optimizer]")
    assert message == "[optimizer] needs the key kind"
    assert mend.startswith("kind is lm, lstsq, adam, lbfgs, ")
    assert all(kind in mend for kind in OPTIMIZERS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('width = "64"', 'width must be a whole number, but here it is "64"'),
        ("width = 6.5", "width must be a whole number, but here it is 6.5"),
        ("width = true", "width must be a whole number, but here it is true"),
        ("width = 0", "width must be a number of at least 1, but here it is 0"),
        ("scale = 0", "scale must be a number above 0, but here it is 0"),
        ("scale = inf", "scale must be a finite number, but here it is inf"),
        ("scale = [1]", "scale must be a number, but here it is a list"),
    ],
)
def test_wrong_values(tmp_path, line, message):
    ((_, number, column, under, said, _),) = _faults(tmp_path, f"[model]\n{line}\n")
    key, _, value = line.partition(" = ")
    assert (number, column, under) == (2, len(key) + 4, value)
    assert said == message


def test_several_faults_in_one_run_in_the_order_of_the_file(tmp_path):
    text = '[sampling]\nkind = "sobel"\n\n[model]\nwidth = -1\ndept = 2\n'
    found = _faults(tmp_path, text)
    assert [(line, column) for _, line, column, *_ in found] == [(2, 8), (5, 9), (6, 1)]


def test_fault_in_a_stage(tmp_path):
    text = '[[schedule.stages]]\nkind = "adam"\n[[schedule.stages]]\nkind = "lbfgs"\nrate = 1\n'
    ((_, line, column, under, message, _),) = _faults(tmp_path, text)
    assert (line, column, under) == (5, 1, "rate")
    assert message == "there is no key rate in [schedule.stages], number 2"


def test_fault_in_an_inline_table(tmp_path):
    text = "[schedule]\nstarts = { seeds = 2, bandwidths = [1.0, -2.0] }\n"
    ((_, line, column, under, message, _),) = _faults(tmp_path, text)
    assert (line, column, under) == (2, 42, "-2.0")
    assert message == "value 2 of bandwidths must be a number above 0, but here it is -2.0"


def test_label_with_a_dot_needs_quotes(tmp_path):
    ((_, line, _, _, _, mend),) = _faults(tmp_path, "[weights]\nbc.2 = 10\n")
    assert line == 2
    assert mend == 'a label with a dot in it is written in quotes: "bc.2"'


def test_optimizer_and_stages_exclude_each_other(tmp_path):
    text = '[optimizer]\nkind = "lm"\n[[schedule.stages]]\nkind = "adam"\n'
    ((code, line, _, _, message, _),) = _faults(tmp_path, text)
    assert (code, line) == ("E802", 1)
    assert "not both" in message


@pytest.mark.parametrize(
    ("text", "line", "mend"),
    [
        ("[model]\nwidth: 64\n", 2, "write width = 64"),
        ("[model]\nactivation = tanh\n", 2, 'write activation = "tanh", with quotes'),
        ("[model\nwidth = 64\n", 1, None),
        ("[model]\nwidth =\n", 2, None),
        ("[model]\nwidth = 1\nwidth = 2\n", 3, None),
        ('[model]\ninit = "glorot\n', 2, None),
    ],
)
def test_not_toml(tmp_path, text, line, mend):
    ((code, number, _, _, message, said),) = _faults(tmp_path, text)
    assert (code, number) == ("E801", line)
    assert message.startswith("this is not TOML, in which a line reads key = value: ")
    assert said == mend


def test_no_such_preset():
    with pytest.raises(UserError) as caught:
        load_method("adam_lbgfs")
    (found,) = caught.value.diagnostics
    assert found.code == "E801"
    assert found.mend == "did you mean adam_lbfgs?"
    assert "the presets are " + ", ".join(("auto", *presets())) in found.notes[0].message


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n[model]\n")
    (tmp_path / "folder.toml").mkdir()
    for name, reason in [
        ("none.toml", "no such file"),
        ("latin.toml", "byte 2 is not UTF-8"),
        ("folder.toml", "is a directory"),
    ]:
        with pytest.raises(UserError) as caught:
            load_method(str(tmp_path / name))
        assert caught.value.diagnostics[0].code == "E801"
        assert reason in caught.value.diagnostics[0].message


def test_windows_line_ends(tmp_path):
    ((_, line, column, under, _, _),) = _faults(tmp_path, "[model]\r\nwidth = 3\r\ndept = 2\r\n")
    assert (line, column, under) == (3, 1, "dept")


def test_overrides():
    method, _ = load_method("lm", {"model.width": 64, "model.depth": "2", "weights.bc.2": "7.5"})
    assert (method.model.width, method.model.depth) == (64, 2)
    assert method.weights == {"bc": 100.0, "ic": 100.0, "bc.2": 7.5}
    assert method.optimizer == LmOptions()


def test_override_of_text_needs_no_quotes():
    assert load_method("lm", {"model.activation": "sin"})[0].model.activation == "sin"


def test_override_of_the_kind_empties_its_section():
    sets = {"optimizer.history": 7, "optimizer.kind": "lbfgs"}
    assert load_method("adam", sets)[0].optimizer == LbfgsOptions(history=7)


def test_override_of_the_kind_of_points_keeps_their_number():
    method, _ = load_method("lm", {"sampling.kind": "grid"})
    assert method.sampling.points["eq"] == 2000


def test_override_of_a_stage():
    method, _ = load_method("adam_lbfgs", {"schedule.stages.1.history": 9})
    assert method.stages[1].history == 9


def test_wrong_overrides_are_pointed_at():
    with pytest.raises(UserError) as caught:
        load_method("lm", {"model.widht": 3, "model.depth": "x"})
    source = caught.value.source
    found = [(source.slice(d.span), d.message) for d in caught.value.diagnostics]
    assert ("model.widht", "there is no key widht in [model]") in found
    assert ("x", 'depth must be a whole number, but here it is "x"') in found


def test_override_of_a_section_that_does_not_exist():
    with pytest.raises(UserError) as caught:
        load_method("lm", {"modle.width": 3})
    assert caught.value.diagnostics[0].mend == "did you mean model?"


def test_places_cover_the_grammar():
    text = (
        'a.b = 1 # c = 2\n"q.r" = "x # y"\n[s]\nm = """\n[no]\n"""\n'
        "l = [\n  1, # one\n  { k = 'v', n = [2, 3] },\n]\n"
        "[[t]]\nu = 1\n[[t]]\nu = 1979-05-27 07:32:00\n[t.w]\nz = true"
    )
    tomllib.loads(text)
    found = {path: text[e.key.start : e.key.end] for path, e in places(text).items()}
    values = {path: text[e.value.start : e.value.end] for path, e in places(text).items()}
    assert found["a", "b"] == "b"
    assert values["q.r",] == '"x # y"'
    assert values["s", "m"] == '"""\n[no]\n"""'
    assert values["s", "l", 0] == "1"
    assert values["s", "l", 1, "n", 1] == "3"
    assert values["t", 1, "u"] == "1979-05-27 07:32:00"
    assert values["t", 1, "w", "z"] == "true"
    assert "no" not in {path[0] for path in found}


_NAMES = st.text("abcxyz-_09", min_size=1, max_size=5)
_LEAVES = st.one_of(
    st.integers(-99, 99), st.booleans(), st.floats(allow_nan=False, allow_infinity=False, width=32)
)
_VALUES = st.recursive(
    _LEAVES,
    lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(_NAMES, v, max_size=3)),
    max_leaves=8,
)


def _written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_written(v)}" for k, v in value.items()) + " }"
    return repr(value)


def _leaves(value, path=()):
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.dictionaries(_NAMES, st.dictionaries(_NAMES, _VALUES, max_size=3), max_size=3))
def test_the_text_of_every_place_is_its_value(data):
    lines = []
    for section, pairs in data.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {_written(value)}  # {key}" for key, value in pairs.items()]
    source = Source("m", "\n".join(lines))
    parsed, found = read(source)
    assert parsed == data
    for path, value in _leaves(data):
        if len(path) > 1:
            assert tomllib.loads(f"v = {source.slice(found[path].value)}")["v"] == value


class _Law:
    def __init__(self, kind, label):
        self.kind, self.label = kind, label


class _Problem:
    laws = (_Law("eq", "momentum"), _Law("bc", "inlet"), _Law("bc", "bc.2"))


def test_labels_that_the_problem_has_pass():
    method = Method(weights={"bc": 2.0, "inlet": 3.0}, sampling={"points": {"momentum": 5}})
    check_labels(method, _Problem())


def test_labels_that_the_problem_lacks_are_pointed_at(tmp_path):
    file = tmp_path / "m.toml"
    file.write_text("[weights]\ninlte = 3\n[sampling.points]\nmomentun = 7\n")
    method, source = load_method(str(file))
    with pytest.raises(UserError) as caught:
        check_labels(method, _Problem(), source)
    found = [(source.position(d.span.start)[0], d.mend) for d in caught.value.diagnostics]
    assert found == [(2, "did you mean inlet?"), (4, "did you mean momentum?")]


def test_adaptive_points_need_a_draw_and_random_places(tmp_path):
    text = "[sampling]\nadaptive = true\n"
    ((code, line, _, under, message, _),) = _faults(tmp_path, text)
    assert (code, line, under) == ("E802", 2, "adaptive")
    assert "write resample = 500 beside it" in message
    text = "[sampling]\nkind = 'gauss'\nresample = 5\nadaptive = { power = 2 }\n"
    ((_, _, _, under, message, _),) = _faults(tmp_path, text)
    assert under == "adaptive"
    assert "gauss" in message


def test_adaptive_points_have_their_options(tmp_path):
    file = tmp_path / "m.toml"
    file.write_text("[sampling]\nresample = 5\nadaptive = true\n")
    method, _ = load_method(str(file))
    usual = {"kind": "rad", "power": 1, "uniform": 1, "candidates": 10}
    assert method.sampling.adaptive.model_dump() == usual
    file.write_text('[sampling]\nresample = 5\nadaptive = { kind = "rar_d", added = 7 }\n')
    growing = load_method(str(file))[0].sampling.adaptive
    assert (growing.power, growing.uniform, growing.added) == (2, 0, 7)
    text = '[sampling]\nkind = "grid"\nresample = 5\nadaptive = { kind = "rar_d" }\n'
    ((_, _, _, under, message, _),) = _faults(tmp_path, text)
    assert under == "adaptive" and "the same points of a grid" in message
    file.write_text("[sampling]\nadaptive = false\n")
    assert load_method(str(file))[0].sampling.adaptive is None
    text = "[sampling]\nresample = 5\nadaptive = { powr = 2 }\n"
    ((_, _, _, under, message, mend),) = _faults(tmp_path, text)
    assert (under, mend) == ("powr", "did you mean power?")
    assert "[sampling.adaptive]" in message
