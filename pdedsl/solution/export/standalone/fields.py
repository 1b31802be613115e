"""Which models, outputs and inputs give each field of a solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp
import torch

from pdedsl.ir import Field, Part

from .calls import Call, Name, call
from .models import Writer
from .refusal import refuse

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution


@dataclass(frozen=True)
class Place:
    """One field: the name of the constant that holds its model, and its outputs there."""

    field: Field
    model: str
    outputs: list[int]


def placed(solution: Solution, writer: Writer) -> tuple[list[Place], list[tuple[str, Call]]]:
    """The fields of a solution, and the models by the names of their constants.

    Raises:
        UserError: E803, a model cannot be written.
    """
    system, theta = solution.system, torch.as_tensor(solution.theta).detach()
    networks = system.ansatz.networks
    models = [
        (
            f"_MODEL{i}" if len(networks) > 1 else "_MODEL",
            writer.model(n.model, theta[n.offset : n.offset + n.model.size]),
        )
        for i, n in enumerate(networks)
    ]
    where = {
        name: (models[i][0], output)
        for i, n in enumerate(networks)
        for output, name in enumerate(n.group.components)
    }
    division = system.problem.division
    if solution.problem.division == division:
        found = []
        for field in solution.problem.fields:
            own = [where[c.func.__name__] for c in field.components]
            if len({name for name, _ in own}) == 1:
                found.append(Place(field, own[0][0], [output for _, output in own]))
                continue
            # Components with conditions of their own, such as periods, have networks of their own.
            name = f"_FIELD{len(found)}"
            models.append((name, call("_columns", [(Name(m), [output]) for m, output in own])))
            found.append(Place(field, name, list(range(len(own)))))
        return found, models
    assert division is not None
    found = []
    for field in solution.problem.fields:
        name = f"_FIELD{len(found)}"
        cuts = [
            (_axis(field, axis, writer), [float(v) for v in at])
            for axis, at in division.cuts.items()
        ]
        pieces = [_in_part(field, part, where) for part in division.parts]
        models.append((name, call("_parts", cuts, pieces)))
        found.append(Place(field, name, list(range(len(field.components)))))
    return found, models


def _axis(field: Field, axis: sp.Symbol, writer: Writer) -> int:
    if axis not in field.arguments:
        refuse(writer.ending, f"{field.name} does not depend on {axis}, along which it is cut")
    return field.arguments.index(axis)


def _in_part(field: Field, part: Part, where: dict[str, tuple[str, int]]) -> Call:
    own = [where[part.components.get(c, c).func.__name__] for c in field.components]
    return call("_columns", [(Name(model), [output]) for model, output in own])
