"""A network as a graph: a program of `torch.export` (pt2) or a model of ONNX.

Both map points (n, inputs), for any n ≥ 1, to values (n, components) in double precision, the
inputs and the components in the order of the problem. What they are named and mean is told beside.
"""

from __future__ import annotations

import io
import json
import logging
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from pdedsl.models import Model
from pdedsl.models.bases.model import BasisModel
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.layered import Layered
from pdedsl.models.networks.module import ModuleModel
from pdedsl.runs import write_bytes

from . import torch_parts
from .calls import Arrays, Call, Name
from .check import check_points, largest_difference, refuse_difference
from .heading import about
from .models import Writer
from .refusal import MESHES, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pdedsl.geometry.arrays import Array
    from pdedsl.solution.solution import Solution

_FUNCTIONS = "write its functions (.py)"
INPUT, OUTPUT = "points", "values"


def write_pt2(solution: Solution, path: Path) -> list[Path]:
    """Write a program that ``torch.export.load(path).module()`` makes a function of.

    Its extra file ``pdedsl.json`` has names and facts.

    Raises:
        UserError: E803, the solution is no network, or the program would not be it.
        OSError: the file cannot be written.
    """
    module = network_of(solution, ".pt2")
    stream, program = io.BytesIO(), _program(module, solution)
    beside = {
        "pdedsl.json": json.dumps(
            told(solution, f"torch.export.load({path.name!r}).module()(points)")
        )
    }
    torch.export.save(program, stream, extra_files=beside)
    loaded = torch.export.load(io.BytesIO(stream.getvalue())).module()
    _check(solution, ".pt2", lambda x: loaded(torch.from_numpy(x)).detach().numpy())
    write_bytes(path, stream.getvalue())
    return [path]


def write_onnx(solution: Solution, path: Path) -> list[Path]:
    """Write a model of ONNX, whose properties have names and facts.

    Raises:
        ImportError: onnx or onnxscript is not installed; the message says how to get them.
        UserError: E803, the solution is no network, or the model would not be it.
        OSError: the file cannot be written.
    """
    module = network_of(solution, ".onnx")
    models = [n.model for n in solution.system.ansatz.networks]
    if any(isinstance(own, Layered) and own.options.activation == "gelu" for own in models):
        # The reference evaluator and ONNX Runtime 1.32 have erf in single precision alone.
        reason = "ONNX has no erf of double precision, which gelu is made of"
        refuse(".onnx", reason, "write a program of torch (.pt2) or functions (.py)")
    try:
        import onnx
        import onnx.reference
        import onnxscript  # noqa: F401  torch asks for it
    except ImportError as error:
        raise ImportError(
            "a .onnx file needs the packages onnx and onnxscript: pip install 'pdedsl[onnx]'"
        ) from error
    with _quiet():
        made = torch.onnx.export(
            _program(module, solution), input_names=[INPUT], output_names=[OUTPUT], dynamo=True,
            verbose=False,
        )  # fmt: skip
    assert made is not None
    model = made.model_proto
    session = f"onnxruntime.InferenceSession({path.name!r})"
    facts = told(solution, f'{session}.run(None, {{"{INPUT}": points}})')
    model.doc_string = facts["about"]
    known = {name: json.dumps(own) for name, own in facts.items()}
    onnx.helper.set_model_props(model, known)
    run: Callable[..., Any] = onnx.reference.ReferenceEvaluator(model).run
    _check(solution, ".onnx", lambda x: np.asarray(run(None, {INPUT: x})[0]))
    write_bytes(path, model.SerializeToString())
    return [path]


def told(solution: Solution, usage: str) -> dict[str, Any]:
    """What the columns are, and the facts that every file has."""
    problem = solution.problem
    return {
        "inputs": [s.name for s in problem.inputs],
        "outputs": [c.func.__name__ for c in problem.components],
        "numbers": solution.numbers,
        "about": "\n".join(about(solution, [f"{OUTPUT}({INPUT})"], usage)),
    }


def network_of(solution: Solution, ending: str) -> nn.Module:
    """The networks of a solution as one module.

    Raises:
        UserError: E803, there is another model among them.
    """
    if not solution.finite:
        refuse(ending, "its training diverged", "solve it with another method or seed")
    problem, system = solution.problem, solution.system
    if problem.division != system.problem.division:
        refuse(ending, "it is solved in parts", _FUNCTIONS)
    theta = torch.as_tensor(solution.theta).detach()
    arrays, parts, names = Arrays(beside=False), [], list[str]()
    writer = Writer(arrays, ending)
    for network in system.ansatz.networks:
        own = theta[network.offset :][: network.model.size]
        inputs = [problem.inputs.index(a) for a in network.group.arguments]
        if isinstance(network.model, ModuleModel):
            features = _made(writer.features(network.model.embedding), arrays)
            module = nn.Sequential(features, network.model.at(own))
        elif isinstance(network.model, Layered):
            module = _made(writer.network(network.model, own), arrays)
        else:
            refuse(ending, _reason(network.model), _FUNCTIONS)
        parts.append((module, inputs))
        names += network.group.components
    order = [names.index(c.func.__name__) for c in problem.components]
    return torch_parts._Columns(parts, order).eval()


def _reason(model: Model) -> str:
    """Why a model is no network by itself."""
    if isinstance(model, BasisModel):
        return "it is a basis, and no network"
    if isinstance(model, HardConditions):
        return "conditions are built into its network"
    return "it is made of several models"


def _made(value: Any, arrays: Arrays) -> Any:
    """The object that calls describe."""
    if isinstance(value, Call):
        return getattr(torch_parts, value.name)(*(_made(own, arrays) for own in value.arguments))
    if isinstance(value, list | tuple):
        return [_made(own, arrays) for own in value]
    if not isinstance(value, Name):
        return value
    if value.text in arrays.values:
        return arrays.values[value.text]
    found: Any = torch_parts
    for part in value.text.split("."):
        found = getattr(found, part)
    return found


def _program(module: nn.Module, solution: Solution) -> torch.export.ExportedProgram:
    """The module for any number of points; two of them would be taken for a size of its own."""
    some = torch.from_numpy(np.ascontiguousarray(check_points(solution)[:7]))
    try:
        with _quiet():
            sizes = ({0: torch.export.Dim("n")},)
            return torch.export.export(module, (some,), dynamic_shapes=sizes)
    except Exception as error:  # a module of one's own may do what no graph can hold
        if not any(isinstance(n.model, ModuleModel) for n in solution.system.ansatz.networks):
            raise
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        mend = f"keep its state_dict; or {MESHES}"
        refuse("a graph", f"torch.export does not take the module of your own: {reason}", mend)


def _check(solution: Solution, ending: str, evaluate: Callable[[Array], Array]) -> None:
    problem = solution.problem
    points = np.ascontiguousarray(check_points(solution))
    values = evaluate(points)
    places = {c.func.__name__: i for i, c in enumerate(problem.components)}

    def function(components: list[int], vector: bool) -> Callable[..., Array]:
        return lambda *_: values[:, components].T if vector else values[:, components[0]]

    functions: Mapping[str, Callable[..., Array]] = {
        field.name: function([places[c.func.__name__] for c in field.components], field.vector)
        for field in problem.fields
    }
    refuse_difference(solution, largest_difference(solution, points, functions), ending)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings and the log of torch about its own insides."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
