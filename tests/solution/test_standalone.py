"""Solutions as files of Python: they run where pdedsl cannot be imported, and are the solution."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.settings.method import Method
from pdedsl.solution.export import export
from pdedsl.solution.export.standalone import check, python_file
from pdedsl.solution.solution import Solution
from tests import small
from tests.plots.test_shape_pictures import TWO

CIRCLE = """problem "circle"
domain  Omega: x in [-1, 1]
time    t in [0, 0.5]
unknown u(x, t), w(x, t)
unknown c > 0 guess 1
eq:   u_t = u_xx + w
eq two: w_t = w_xx - u
bc:   u periodic in x
bc b: w periodic in x
ic:   u = sin(pi*x), w = cos(pi*x)  at t = 0
eq c: integral(u, Omega) = c - 1
"""
NAMES = """problem "names that Python has for itself, \\ among them"  # and \"\"\"
domain  Omega: x in [0, 1]^2
unknown np(x), zip(x) in R^2
eq: lap(np) = 4
eq two: lap(zip) = (0, 0)
bc: np = x[1]^2 + x[2]^2  on boundary
bc b: zip = (x[1], 2*x[2])  on boundary
"""
MODELS = {
    "mlp": {"width": 5, "depth": 2, "activation": "gelu", "rwf": True},
    "sine": {"width": 5, "depth": 2, "activation": "sin", "init": "siren", "omega": 3.0},
    "threshold": {"width": 5, "activation": "softplus", "init": "normal", "scale": 30.0},
    "modified": {"kind": "modified_mlp", "width": 5, "activation": "silu", "features": 4},
    "residual": {"kind": "residual_mlp", "width": 5, "depth": 2, "alpha": 0.3},
    "plain": {"kind": "residual_mlp", "width": 5, "depth": 2, "gated": False},
    "fourier": {"kind": "fourier", "width": 5},
    "scales": {"kind": "multiscale_fourier", "width": 4, "last_bandwidths": [1.0, 3.0, 5.0]},
    "hard": {"width": 5, "hard": True},
    "blend": {
        "kind": "fbpinn", "counts": [3, 2], "window": "sigmoid",
        "piece": {"kind": "basis", "modes": 4},
    },
    "windows": {"kind": "windows", "count": 3, "pieces": [{"kind": "mlp", "width": 4}]},
    "march": {"kind": "windows", "count": 3, "pieces": [{"kind": "basis", "modes": [6, 3]}]},
    "total": {"kind": "basis", "family": "chebyshev", "modes": 6, "index": "total"},
    "cosine": {"kind": "basis", "family": "cosine", "modes": 5},
    "waves": {"kind": "basis", "family": "fourier", "modes": 3, "extension": 2.0},
    "ridges": {"kind": "basis", "family": "random_fourier", "features": 30},
    "tanh": {"kind": "basis", "family": "random_tanh", "features": 30},
    "elements": {"kind": "basis", "modes": [4, 3], "breaks": [[0.3, 0.5], [0.1]]},
}  # fmt: skip
TORCH = {"mlp", "sine", "threshold", "modified", "residual", "plain", "fourier", "scales", "hard"}
TORCH |= {"windows", "circle_network"}
RUN = """
import json, sys
blocked = sys.argv[1].split(",")
sys.modules.update(dict.fromkeys(blocked))
import numpy as np
for line in sys.stdin:
    folder, name, fields, points = json.loads(line)
    sys.path.insert(0, folder)
    module = __import__(name)
    points = [np.array(p)[None, :, None] for p in points]
    print(json.dumps({f: getattr(module, own)(*points).tolist() for f, own in fields.items()}))
"""


def at_random(text, **model):
    """A model with random parameters as the solution of a problem."""
    problem, like = pdedsl.parse(text), small.solved(small.LINE)
    system = pdedsl.compile(problem, model=model, seed=0)
    noise = torch.rand(len(system.theta0), dtype=torch.float64, generator=torch.Generator())
    outcome = replace(like.outcome, theta=system.theta0 + noise - 0.4)
    return Solution(problem, system, outcome, like.provenance)


def solutions():
    found = {name: at_random(small.SHORT_HEAT, **own) for name, own in MODELS.items()}
    found["circle"] = at_random(CIRCLE, kind="basis", modes=[5, 3])
    found["circle_waves"] = at_random(CIRCLE, kind="basis", modes=3)
    elements = [[0.0, 0.4], [0.2]]
    found["circle_elements"] = at_random(CIRCLE, kind="basis", modes=[4, 3], breaks=elements)
    found["circle_network"] = at_random(CIRCLE, width=5, harmonics=2)
    parts = {"model": {"kind": "basis", "modes": 3}, "domain": {"split": {"x": 3, "y": 2}}}
    method = Method.model_validate(parts | {"optimizer": {"kind": "lm", "iterations": 2}})
    found["parts"] = pdedsl.solve(pdedsl.parse(small.PLANE), method)
    for name, text in (("corners", small.UNKNOWN_SOLUTION), ("two", TWO), ("names", NAMES)):
        found[name] = pdedsl.solve(pdedsl.parse(text), "auto", budget=20)
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Solution and file by name."""
    folder = tmp_path_factory.mktemp("files")
    made = solutions()
    return {name: (s, export(s, folder / f"as_{name}.py")) for name, s in made.items()}


def somewhere(solution):
    """Coordinates of points of the domain, one list for each input."""
    return check.check_points(solution)[:40].T


def test_files_run_alone_and_are_the_solution(files):
    for network in (False, True):
        own = {n: f for n, f in files.items() if (n in TORCH) == network}
        lines = []
        for name, (solution, (path,)) in own.items():
            fields = {f.name: python_file.python_name(f) for f in solution.problem.fields}
            points = [p.tolist() for p in somewhere(solution)]
            lines.append(json.dumps([str(path.parent), f"as_{name}", fields, points]))
        blocked = "pdedsl,sympy,scipy" + ("" if network else ",torch")
        done = subprocess.run(
            [sys.executable, "-I", "-c", RUN, blocked],
            input="\n".join(lines), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        for (name, (solution, _)), line in zip(own.items(), done.stdout.splitlines(), strict=True):
            points = somewhere(solution).T
            known = solution.at(points)
            for field, values in json.loads(line).items():
                found = np.array(values).reshape(-1, len(points))
                names = [c.func.__name__ for c in _field(solution, field).components]
                there = np.stack([known[n] for n in names])
                inside = np.isfinite(there)
                size = np.abs(there[inside]).max()
                assert np.abs(found - there)[inside].max() <= 1e-11 * size, name


def _field(solution, name):
    return next(f for f in solution.problem.fields if f.name == name)


def test_values_broadcast_and_have_no_dimension_for_numbers(files):
    solution, (path,) = files["total"]
    u = python_file.runpy.run_path(str(path))["u"]
    assert u(0.5, 0.1).shape == () and u([0.1, 0.2], [[0.1], [0.2], [0.0]]).shape == (3, 2)
    assert u([], 0.1).shape == (0,)
    assert float(u(0.3, 0.1)) == pytest.approx(float(solution(x=0.3, t=0.1)), rel=1e-12)
    space = python_file.runpy.run_path(str(files["names"][1][0]))
    assert space["zip_"](0.5, [0.25, 0.5]).ravel() == pytest.approx([0.5, 0.5, 0.5, 1.0])
    assert float(space["np_"](1.0, 0.5)) == pytest.approx(1.25)


def test_the_file_says_what_it_is(files):
    solution, (path,) = files["corners"]
    text = path.read_text(encoding="utf-8")
    told = ast.get_docstring(ast.parse(text))
    assert told.startswith("nothing is known: u(x, y)") and "seed: 0" in told
    assert "estimated error u: " in told and "    eq: lap(u) = 1" in told
    said = ast.get_docstring(ast.parse(files["names"][1][0].read_text(encoding="utf-8")))
    assert 'names that Python has for itself, \\ among them"  # and """' in said
    numbers = python_file.runpy.run_path(str(files["circle"][1][0]))["numbers"]
    assert numbers == files["circle"][0].numbers
    assert export(solution, path.with_name("again.py"))[0].read_text(encoding="utf-8") == (
        text.replace("from as_corners", "from again")
    )


def test_many_numbers_lie_beside(files, monkeypatch, tmp_path):
    solution = files["total"][0]
    monkeypatch.setattr(python_file, "_MOST", 5)
    path, data = export(solution, tmp_path / "u.py")
    assert data == tmp_path / "u.npz" and "base64" not in path.read_text(encoding="utf-8")
    u = python_file.runpy.run_path(str(path))["u"]
    assert float(u(0.3, 0.1)) == pytest.approx(float(solution(x=0.3, t=0.1)), rel=1e-12)


def test_a_file_that_is_not_the_solution_is_not_kept(files, monkeypatch, tmp_path):
    monkeypatch.setattr(check, "TOLERANCE", 0.0)
    with pytest.raises(UserError, match=r"E803.*differ from the solution by \d"):
        export(files["tanh"][0], tmp_path / "u.py")
    assert list(tmp_path.iterdir()) == []


class Own(torch.nn.Module):
    """A module without rules, whose last layer has the weights of its first one as well."""

    def __init__(self):
        super().__init__()
        self.first, self.last = torch.nn.Linear(3, 6), torch.nn.Linear(6, 2)
        self.register_buffer("shift", torch.tensor([0.25]))

    def forward(self, x):
        return self.last(torch.tanh(self.first(x)) + torch.sin(self.first(x) + self.shift))


def of_ones_own(text, module):
    system = pdedsl.compile(pdedsl.parse(text), model=module)
    outcome = replace(small.solved(small.LINE).outcome, theta=system.theta0 + 0.1)
    return pdedsl.Solution.trained(system, outcome)


@pytest.mark.filterwarnings("ignore:no derivative rule")
@pytest.mark.parametrize("layers", [True, False])
def test_modules_of_ones_own_are_graphs(layers, tmp_path):
    """On a circle and in time the module sees a cosine, a sine and the scaled time."""
    nn = torch.nn
    rows = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    module = rows if layers else Own()
    before = [p.detach().clone() for p in module.parameters()]
    solution = of_ones_own(CIRCLE, module)
    points = somewhere(solution).T[:9].copy()
    wanted = np.stack(list(solution.at(points).values()), axis=1)
    (path,) = solution.export(tmp_path / "u.pt2")
    values = torch.export.load(path).module()(torch.from_numpy(points)).detach().numpy()
    assert values == pytest.approx(wanted, rel=1e-11, abs=1e-12)
    onnx = pytest.importorskip("onnx")
    (path,) = solution.export(tmp_path / "u.onnx")
    (values,) = onnx.reference.ReferenceEvaluator(onnx.load(path)).run(None, {"points": points})
    assert values == pytest.approx(wanted, rel=1e-11, abs=1e-12)
    assert all(torch.equal(p, q) for p, q in zip(module.parameters(), before, strict=True))


def test_modules_of_ones_own_have_no_text(tmp_path, monkeypatch):
    nn = torch.nn
    module = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
    solution = of_ones_own(small.LINE, module)
    with pytest.raises(UserError, match=r"(?s)E803.*a module of your own.*\.pt2.*\.onnx"):
        solution.export(tmp_path / "u.py")
    with pytest.raises(UserError, match=r"(?s)E803.*no method.*export it"):
        solution.save(tmp_path / "run")

    def no_graph(*_, **__):
        raise RuntimeError("a loop that depends on data")

    monkeypatch.setattr(torch.export, "export", no_graph)
    with pytest.raises(UserError, match=r"(?s)E803.*a loop that depends on data.*state_dict"):
        solution.export(tmp_path / "u.pt2")
    assert list(tmp_path.iterdir()) == []


def test_functions_have_no_values_of_inputs(files, tmp_path):
    with pytest.raises(ValueError, match="without values of inputs"):
        export(files["total"][0], tmp_path / "u.py", at={"t": 0.1})


def test_networks_are_programs_of_torch(files, tmp_path):
    for name in ("mlp", "residual", "circle_network"):
        solution = files[name][0]
        (path,) = export(solution, tmp_path / "u.pt2")
        beside = {"pdedsl.json": ""}
        module = torch.export.load(path, extra_files=beside).module()
        told = json.loads(beside["pdedsl.json"])
        assert told["inputs"] == ["x", "t"] and "torch.export.load('u.pt2')" in told["about"]
        for count in (1, 2, 40):
            points = somewhere(solution).T[:count].copy()
            values = module(torch.from_numpy(points)).detach().numpy()
            for column, output in zip(values.T, told["outputs"], strict=True):
                assert column == pytest.approx(solution.at(points)[output], rel=1e-11, abs=1e-12)


def test_networks_are_models_of_onnx(files, tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    for name in ("modified", "circle_network"):
        solution = files[name][0]
        (path,) = export(solution, tmp_path / "u.onnx")
        model = onnx.load(path)
        known = {own.key: json.loads(own.value) for own in model.metadata_props}
        points = somewhere(solution).T[:3].copy()
        (values,) = onnx.reference.ReferenceEvaluator(model).run(None, {"points": points})
        for column, output in zip(values.T, known["outputs"], strict=True):
            assert column == pytest.approx(solution.at(points)[output], rel=1e-11, abs=1e-12)


def test_graphs_are_of_networks_alone(files, tmp_path, monkeypatch):
    reasons = {
        "total": "a basis, and no network", "hard": "conditions are built into its network",
        "windows": "made of several models", "parts": "solved in parts",
    }  # fmt: skip
    for name, reason in reasons.items():
        with pytest.raises(UserError, match=rf"E803.*{reason}"):
            export(files[name][0], tmp_path / "u.pt2")
    with pytest.raises(UserError, match=r"ONNX has no erf"):
        export(files["mlp"][0], tmp_path / "u.onnx")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'pdedsl\[onnx\]'"):
        export(files["sine"][0], tmp_path / "u.onnx")
    assert list(tmp_path.iterdir()) == []
