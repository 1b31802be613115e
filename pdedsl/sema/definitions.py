"""What `let` functions, operators, parameters and tables put into the scope."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from pdedsl.ir import Table
from pdedsl.syntax import ast


@dataclass(frozen=True)
class Macro:
    """A definition with formals; its body is evaluated anew at each use."""

    name: ast.Name
    formals: tuple[ast.Name, ...]
    value: ast.Expr


@dataclass(frozen=True)
class DataTable:
    """A data table in the scope: its columns are functions of its coordinates."""

    table: Table
    coordinates: tuple[sp.Symbol, ...]
