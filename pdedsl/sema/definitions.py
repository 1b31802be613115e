"""What `let` functions, operators, parameters and tables put into the scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from pdedsl.diagnostics import nearest, reject
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
            listed = ", ".join(known) or "only coordinates"
            message = f"{self.table.name} is declared with {listed}, without {name.id}"
            mend = f"add {name.id} to its columns"
            match = nearest(name.id, known)
            mend = f"did you mean {match}? Or {mend}" if match else mend
            raise reject("E602", message, name.span, mend)
        return sp.Function(f"{self.table.name}.{name.id}", real=True)(*self.coordinates)
