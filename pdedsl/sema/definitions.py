"""What `let` functions, operators, parameters and tables put into the scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from pdedsl.diagnostics import did_you_mean, reject
from pdedsl.ir import Table
from pdedsl.syntax import ast

if TYPE_CHECKING:
    from .expressions import Elaborator


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

    def column(self, name: ast.Name, elaborator: Elaborator) -> sp.Expr:
        """The column as an expression (E602 when the table has no such column)."""
        if name.id in self.table.coordinates:
            return elaborator.symbol(name.id)
        if name.id not in self.table.columns:
            known = [c for c in self.table.columns if c not in self.table.coordinates]
            message = f"{self.table.name} has no column {name.id}; it has {', '.join(known)}"
            raise reject("E602", message, name.span, did_you_mean(name.id, known))
        return sp.Function(f"{self.table.name}.{name.id}", real=True)(*self.coordinates)
