"""A solution as a file of Python that needs NumPy alone, or PyTorch where it is a network."""

from __future__ import annotations

import builtins
import io
import keyword
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.geometry import hull_bounds
from pdedsl.ir import Field
from pdedsl.runs import write_bytes, write_text

from .calls import Arrays, text_of
from .check import check_points, largest_difference, refuse_difference
from .fields import Place, placed
from .heading import heading
from .models import Writer
from .refusal import refuse
from .sources import RESERVED, names_of, sources_of

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_ENDING = ".py"
_MOST = 200_000
"""Numbers in the text, 2 MB of it, which Python reads in a tenth of a second; more lie beside."""


def write_python(solution: Solution, path: Path) -> list[Path]:
    """Write ``u(x, t)`` of every field, arrays in and arrays out, after a check of the file.

    Where there are many coefficients they lie in a file of NumPy beside it, by the same name.

    Args:
        solution: what is written.
        path: of the file.

    Returns:
        The files.

    Raises:
        UserError: E803, the solution has no such form, or the file would not be it.
        OSError: the files cannot be written.
    """
    if not solution.finite:
        refuse(_ENDING, "its training diverged", "solve it with another method or seed")
    arrays = Arrays(beside=len(solution.theta) > _MOST)
    text = _text(solution, path, arrays)
    if arrays.numbers > _MOST and not arrays.beside:  # models that are fixed have some of their own
        arrays = Arrays(beside=True)
        text = _text(solution, path, arrays)
    data = _packed(arrays) if arrays.beside else None
    with TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        write_text(trial, text)
        if data is not None:
            write_bytes(trial.with_suffix(".npz"), data)
        points = check_points(solution)
        apart = largest_difference(solution, points, _functions(solution, trial))
    refuse_difference(solution, apart, _ENDING)
    write_text(path, text)
    if data is None:
        return [path]
    write_bytes(path.with_suffix(".npz"), data)
    return [path, path.with_suffix(".npz")]


def python_name(field: Field) -> str:
    """The name of the function of a field: its own, unless Python or the file has it already."""
    name = field.name
    taken = keyword.iskeyword(name) or name in RESERVED or hasattr(builtins, name)
    return f"{name}_" if taken or not name.isidentifier() else name


def _functions(solution: Solution, path: Path) -> dict[str, Callable[..., Any]]:
    space = runpy.run_path(str(path))
    return {field.name: space[python_name(field)] for field in solution.problem.fields}


def _packed(arrays: Arrays) -> bytes:
    stream = io.BytesIO()
    named: dict[str, Any] = {name[1:]: own for name, own in arrays.values.items()}
    np.savez(stream, **named)  # digits of coefficients are as good as random
    return stream.getvalue()


def _text(solution: Solution, path: Path, arrays: Arrays) -> str:
    places, models = placed(solution, Writer(arrays, _ENDING))
    constants = list(arrays.lines())
    if arrays.beside:
        name = f"Path(__file__).with_suffix({'.npz'!r})"
        constants.insert(0, f"_DATA = np.load({name})  # the coefficients are too many for a text")
    made = [f"{name} = {text_of(own)}" for name, own in models]
    functions = [_function(solution, place) for place in places]
    head, sources = sources_of({"annotations"}.union(*map(names_of, constants + made + functions)))
    usage = f"from {path.stem} import {python_name(places[0].field)}"
    numbers = dict(sorted(solution.numbers.items()))
    lines = [
        heading(solution, [_signature(place.field) for place in places], usage),
        "from __future__ import annotations\n",
        "\n".join(head).strip() + "\n",
    ]
    if numbers:
        lines.append(f"numbers = {numbers!r}\n")
    lines += [f"\n{source}\n" for source in sources]
    lines += ["", *constants, *made, *(f"\n\n{own}" for own in functions)]
    return "\n".join(lines) + "\n"


def _arguments(field: Field) -> list[str]:
    """Names of the arguments: ``x[1]`` is ``x_1``, and words of Python have a stroke behind."""
    found: list[str] = []
    for argument in field.arguments:
        name = re.sub(r"\W+", "_", argument.name).rstrip("_")
        while keyword.iskeyword(name) or name in found:
            name += "_"
        found.append(name)
    return found


def _signature(field: Field) -> str:
    return f"{python_name(field)}({', '.join(_arguments(field))})"


def _function(solution: Solution, place: Place) -> str:
    return "\n".join(_function_lines(solution, place))


def _function_lines(solution: Solution, place: Place) -> Iterator[str]:
    field, names = place.field, _arguments(place.field)
    bounds = hull_bounds(solution.problem)
    given = ", ".join(f"{name}: ArrayLike" for name in names)
    yield f"def {python_name(field)}({given}) -> Array:"
    ranges = [
        f"{name} in [{bounds[a][0]:g}, {bounds[a][1]:g}]"
        for name, a in zip(names, field.arguments, strict=True)
    ]
    vector = "; its components lie along the first axis" if field.vector else ""
    yield f'    """{field.name} for {", ".join(ranges)}, as arrays that broadcast{vector}."""'
    coordinates = ", ".join(names) + ("," if len(names) == 1 else "")
    yield f"    return _field({place.model}, {place.outputs}, ({coordinates}), {field.vector})"
