"""Mesh files to bodies: ``mesh("part.stl", scale = 1e-3)``."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.diagnostics import Span, did_you_mean, reject
from pdedsl.geometry import closed_surface
from pdedsl.ir import MeshBody
from pdedsl.sema.expressions import Elaborator
from pdedsl.syntax import ast, format_expression

from .reading import file_bytes
from .stl import triangles

NAME = "mesh"
"""In the language; no reserved word."""

SUFFIXES = (".stl",)
_KEPT = 8  # surfaces that were checked: a file is read again for each change of a parameter


def mesh_region(elaborator: Elaborator, node: ast.Call, base: Path) -> MeshBody:
    """The region of a call.

    Args:
        elaborator: gives the value of the scale.
        node: the call.
        base: folder that relative paths start from.

    Raises:
        Rejected: E206 for other arguments, E407 for a scale that is not positive, E601 for a file
            that cannot be read, E401 for one whose triangles are no surface of a body.
    """
    path, span = _path(node)
    scale = _scale(elaborator, node)
    content = file_bytes(base, path, span, SUFFIXES)
    if Path(path).suffix.lower() not in SUFFIXES:
        raise reject("E601", f"{path} is not an STL file", span, "save the surface as .stl")
    try:
        soup = triangles(content)
    except ValueError as error:
        raise reject("E601", f"{path} {error}", span) from None
    digest = hashlib.sha256(content).hexdigest()
    try:
        vertices, faces = _surface(digest, soup.tobytes())
    except ValueError as error:
        mend = "close and repair the surface where it was made, and save it again"
        raise reject("E401", f"{path} {error}", span, mend) from None
    return MeshBody(path, digest, scale, vertices, faces)


@lru_cache(_KEPT)
def _surface(digest: str, soup: bytes) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    return closed_surface(np.frombuffer(soup).reshape(-1, 3, 3))


def _path(node: ast.Call) -> tuple[str, Span]:
    given = [a for a in node.arguments if not isinstance(a, ast.Keyword)]
    if len(given) == 1 and isinstance(given[0], ast.Text):
        return given[0].text, given[0].span
    name = format_expression(given[0]) if given and isinstance(given[0], ast.Expr) else "part"
    mend = f'write mesh("{name.strip(chr(34))}.stl")'
    raise reject("E206", "a mesh takes the path of a file in quotes", node.span, mend)


def _scale(elaborator: Elaborator, node: ast.Call) -> sp.Expr:
    scale: sp.Expr = sp.S.One
    for argument in node.arguments:
        if not isinstance(argument, ast.Keyword):
            continue
        if argument.name.id != "scale":
            mend = did_you_mean(argument.name.id, ["scale"]) or "write scale = 1e-3"
            message = f"a mesh has no argument {argument.name.id}"
            raise reject("E206", message, argument.name.span, mend)
        scale = elaborator.constant(argument.value, "a scale")
        if not elaborator.float_of(scale, argument.span) > 0:
            raise reject("E407", "a scale must be positive", argument.value.span)
    return scale
