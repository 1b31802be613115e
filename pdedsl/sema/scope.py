"""Names: one role each, declared before use, with the nearest name offered for unknown ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy as sp

from pdedsl.diagnostics import Note, Span, did_you_mean, nearest, reject
from pdedsl.geometry import SHAPES
from pdedsl.ir import Parameter, Table
from pdedsl.syntax import ast
from pdedsl.units import Unit

from .names.derivatives import readings_of, split_derivative
from .names.foreign import imaginary
from .names.functions import SCALAR_FUNCTIONS, SPECIAL_FUNCTIONS, VARIADIC_FUNCTIONS
from .names.undeclared import declared_function, declared_number, one_of

FUNCTIONS = [*SCALAR_FUNCTIONS, *VARIADIC_FUNCTIONS, "if", "sum", "integral"]
CALCULUS = "d grad div curl lap dot cross norm advect dn".split()
BUILT_IN = frozenset([*FUNCTIONS, *CALCULUS, *SHAPES, "boundary", "pi", "n"])
REALS = "R"
"""The real numbers, in declarations of unknowns alone; elsewhere a name like any other."""

AMBIGUOUS = frozenset("dn")
"""Built-in names of numbers as well, and n of a field without components: d is a derivative
where it is called, and n the normal where nothing else is declared by that name."""
NUMBERS = frozenset(["a parameter", "a parameter with a range", "an unknown number"])
"""Roles of names that stand for numbers."""

OTHER_SPELLINGS = {
    "ln": "log", "log10": "log(x)/log(10)", "log2": "log(x)/log(2)", "e": "exp(1)", "pow": "x^y",
    "tg": "tan", "cot": "1/tan(x)", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "fabs": "abs", "sgn": "sign", "H": "heaviside", "Pi": "pi", "PI": "pi",
    "step": "heaviside", "Heaviside": "heaviside", "piecewise": "if(condition, a, b)",
    "Piecewise": "if(condition, a, b)", "ifelse": "if(condition, a, b)", "sec": "1/cos(x)",
    "csc": "1/sin(x)", "sech": "1/cosh(x)", "coth": "1/tanh(x)", "cbrt": "x^(1/3)",
    "inf": "a number: all sets are bounded", "oo": "a number: all sets are bounded",
    "laplacian": "lap", "laplace": "lap", "gradient": "grad", "nabla": "grad",
    "divergence": "div", "rot": "curl", "inner": "dot", "normal": "n", "integrate": "integral",
    "diff": "d", "Derivative": "d", "derivative": "d", "pdiff": "d",
    "Gamma": "gamma(x)", "tgamma": "gamma(x)", "lgamma": "loggamma(x)", "gammaln": "loggamma(x)",
    "digamma": "polygamma(0, x)", "jv": "besselj(nu, x)", "yv": "bessely(nu, x)",
    "iv": "besseli(nu, x)", "kv": "besselk(nu, x)", "BesselJ": "besselj(nu, x)",
    "J0": "besselj(0, x)", "fmod": "mod(a, b)",
    "J1": "besselj(1, x)", "j0": "besselj(0, x)", "j1": "besselj(1, x)", "y0": "bessely(0, x)",
    "BesselI": "besseli(nu, x)", "BesselK": "besselk(nu, x)", "BesselY": "bessely(nu, x)",
    "expi": "Ei(x)", "exp1": "E1(x)", "expint": "E1(x)", "EllipticK": "ellipk(m)",
    "EllipticE": "ellipe(m)", "AiryAi": "airyai(x)", "AiryBi": "airybi(x)", "Mod": "mod(a, b)",
    "ceil": "-floor(-x)", "ceiling": "-floor(-x)", "round": "floor(x + 0.5)",
    "rectangle": "[a, b] * [c, d]", "circle": "disk", "sphere": "ball", "dOmega": "boundary",
}  # fmt: skip
"""Names of other languages: functions and numbers, calculus, sets."""


@dataclass(frozen=True)
class Entry:
    """A declared name: its role in words, what it stands for, and where it was declared."""

    role: str
    value: Any
    span: Span


@dataclass(frozen=True)
class Macro:
    """A definition with formals; its body is evaluated anew at each use."""

    name: ast.Name
    formals: tuple[ast.Name, ...]
    value: ast.Expr


@dataclass(frozen=True)
class ParameterVector:
    """A vector or matrix of parameters: its symbols in their shape, and the parameters in order."""

    symbols: tuple[Any, ...]
    parts: tuple[Parameter, ...]


@dataclass(frozen=True)
class DataTable:
    """A data table in the scope: its columns are functions of its coordinates."""

    table: Table
    coordinates: tuple[sp.Symbol, ...]


class Poisoned(Exception):
    """The name's own declaration was wrong and has been reported; nothing more to say."""


class Scope:
    """The names of one file in the order of their declaration.

    Args:
        base: folder that the paths of files are relative to.
        keeps_units: whether numbers with units become symbols, so that units can be compared.
    """

    def __init__(self, base: Path = Path(), keeps_units: bool = False) -> None:
        self.base = base
        self.keeps_units = keeps_units
        self.units: dict[str, Unit] = {}  # of names, and of numbers by their text
        self.has_units = False
        self.scaled: str | None = None  # the first unit that is none of the SI
        self.entries: dict[str, Entry] = {}
        self.used: set[str] = set()
        self.work = 0  # nodes of expressions made so far
        self.later: dict[str, Span] = {}
        self._poisoned: set[str] = set()
        self._told: set[str] = set()

    def declare(self, name: ast.Name, role: str, value: Any) -> None:
        """Give a name its role.

        Raises:
            Rejected: E202 declared before, E203 built in, E205 reads as a derivative.
        """
        is_number = role in NUMBERS and name.id in AMBIGUOUS
        is_field = role == "an unknown function" and name.id == "n" and not value.vector
        if not (is_number or is_field) or name.id in self.entries:
            self.check_free(name)
        self._poisoned.discard(name.id)
        self.entries[name.id] = Entry(role, value, name.span)

    def check_free(self, name: ast.Name) -> None:
        """Refuse a name that has a role already; see `declare`."""
        if name.id in BUILT_IN and name.id not in self.entries:
            mend = f"choose another name, such as {name.id}0"
            mend = "leave it out: pi is 3.14159…" if name.id == "pi" else mend
            message = f"{name.id} is built in and cannot be declared"
            if name.id in AMBIGUOUS:
                message = f"{name.id} is built in, and can be a number alone"
            raise reject("E203", message, name.span, mend)
        if (earlier := self.entries.get(name.id)) is not None:
            note = Note(f"{name.id} is declared here as {earlier.role}", earlier.span)
            mend = "give one of them another name"
            raise reject("E202", f"{name.id} is declared twice", name.span, mend, (note,))
        reading = split_derivative(name.id, self.fields(), self.coordinates())
        if reading is not None:
            mend = f"choose another name, such as {name.id.replace('_', '')}"
            message = f"{name.id} reads as a derivative of {reading[0]}"
            raise reject("E205", message, name.span, mend)

    def poison(self, name: ast.Name) -> None:
        """Remember that a declaration failed, so that uses of the name stay silent."""
        self._poisoned.add(name.id)

    def poison_all(self, names: Iterable[str]) -> None:
        """Poison the names that broken statements perhaps meant to declare."""
        self._poisoned |= {n for n in names if n not in self.entries and n not in BUILT_IN}

    def check_complete(self) -> None:
        """Stay silent where a declaration failed: what is missing may be what it declares."""
        if self._poisoned:
            raise Poisoned

    def is_poisoned(self, name: str) -> bool:
        """Whether the declaration of the name failed."""
        return name in self._poisoned

    def get(self, name: str) -> Entry | None:
        """The entry of a name, marked as used.

        Raises:
            Poisoned: the declaration of the name failed.
        """
        if name in self._poisoned:
            raise Poisoned(name)
        entry = self.entries.get(name)
        if entry is not None:
            self.used.add(name)
        return entry

    def role(self, *roles: str) -> dict[str, Any]:
        """Name to value of all entries with one of the roles."""
        return {n: e.value for n, e in self.entries.items() if e.role in roles}

    def parameters(self) -> list[Parameter]:
        """All parameters with one value, those of vectors one by one, as they are declared."""
        found: list[Parameter] = []
        for entry in self.entries.values():
            if entry.role == "a parameter":
                found.append(entry.value)
            elif isinstance(entry.value, ParameterVector):
                found += entry.value.parts
        return found

    def parameter_values(self) -> dict[sp.Symbol, sp.Expr]:
        """Symbol of each parameter to its exact value."""
        return {p.symbol: p.definition for p in self.parameters()}

    def numbers(self) -> frozenset[sp.Symbol]:
        """Symbols of the unknown numbers."""
        return frozenset(n.symbol for n in self.role("an unknown number").values())

    def fields(self) -> frozenset[str]:
        """Names of the unknown functions."""
        return frozenset(self.role("an unknown function"))

    def coordinates(self) -> frozenset[str]:
        """Names of all scalar coordinates, time and parameters with a range."""
        return frozenset(self.role("a coordinate", "the time", "a parameter with a range"))

    def unknown(
        self,
        name: ast.Name,
        extra: tuple[str, ...] = (),
        among: Collection[str] | None = None,
        below: str = "",
        otherwise: str | None = None,
        arguments: int | None = None,
    ) -> Exception:
        """The diagnostic for a name that nothing declares; each is reported once.

        Args:
            name: the name.
            extra: names that are known here alone.
            among: the only names that may be meant, where not all may.
            below: the name that divides it, as ``dn`` in ``du/dn``.
            otherwise: a mend that is better than a near name, or instead of one among ``among``.
            arguments: how many the name is called with; 0 for a number, None where it is neither.
        """
        if name.id in self._told or (self._poisoned and self._poisoned_part(name.id)):
            return Poisoned(name.id)
        self._told |= {name.id, name.id.partition("_")[0]}
        if (misplaced := self._early_or_ambiguous(name)) is not None:
            return misplaced
        mend: str | None
        if among is not None:
            mend = did_you_mean(name.id, among)
            if OTHER_SPELLINGS.get(name.id) in among:
                mend = f"write {OTHER_SPELLINGS[name.id]}"
            return reject(
                "E201", f"{name.id} is not declared", name.span, mend or otherwise or one_of(among)
            )
        if (untimed := self._without_time(name)) is not None:
            return untimed
        if name.id in OTHER_SPELLINGS:
            mend = f"write {OTHER_SPELLINGS[name.id]}"
        else:
            known = [*self.entries, *BUILT_IN, *SPECIAL_FUNCTIONS, *extra]
            field = name.id.rpartition("_")[0]
            if field in self.fields():
                known.remove(field)  # nobody writes u_z for u
            mend = self._derivative_mend(name.id, below) or did_you_mean(name.id, known)
        detail = self._derivative_detail(name.id)
        if (unit := imaginary(name.id)) is not None:
            detail, mend = unit
        if mend is None and not detail and arguments is not None:
            mend = self._declaration(name.id, arguments)
        return reject("E201", f"{name.id} is not declared{detail}", name.span, otherwise or mend)

    def _declaration(self, name: str, arguments: int) -> str | None:
        """What declares a name that is called with so many arguments."""
        if arguments:
            return declared_function(name, arguments, self.entries)
        time = next(iter(self.role("the time")), None)
        inputs = self.role("a coordinate", "a vector of coordinates", "the time")
        return declared_number(name, list(inputs), time)

    def _poisoned_part(self, name: str) -> bool:
        """Whether the name may be a derivative of, or in, something whose declaration failed."""
        if any(name.startswith(p + "_") for p in self._poisoned):
            return True
        coordinates = self.coordinates() | self._poisoned
        return bool(readings_of(name, self.fields(), coordinates))

    def _early_or_ambiguous(self, name: ast.Name) -> Exception | None:
        if (place := self.later.get(name.id)) is not None and place > name.span:
            note = Note(f"{name.id} is declared here", place)
            message = f"{name.id} is used before it is declared"
            return reject("E201", message, name.span, "declare it above this line", (note,))
        readings = readings_of(name.id, self.fields(), self.coordinates())
        if len(readings) < 2:
            return None
        texts = []
        for field, letters in sorted(readings, key=lambda r: len(r[1])):
            text = field
            for letter in letters:
                text = f"d({text}, {letter})"
            texts.append(text)
        message = f"{name.id} can be read as {' or as '.join(texts)}"
        return reject("E207", message, name.span, f"write {' or '.join(texts)}")

    def _without_time(self, name: ast.Name) -> Exception | None:
        """E201 for ``u_t`` where no time is declared."""
        field, _, suffix = name.id.rpartition("_")
        is_timed = "t" in suffix and set(suffix) <= {"t", *self.coordinates()}
        is_taken = "t" in self.entries or "t" in self.later or bool(self.role("the time"))
        if field not in self.fields() or not is_timed or is_taken:
            return None
        axes = ", ".join([*self._axes_of(field), "t"])
        message = f"{name.id} is a derivative in t, which is not declared"
        mend = f"add time t in [0, 1], above unknown {field}({axes})"
        return reject("E201", message, name.span, mend)

    def _axes_of(self, field: str) -> list[str]:
        """Names of the coordinates that a field depends on, as they are declared."""
        arguments = self.entries[field].value.arguments
        return list(dict.fromkeys(s.name.partition("[")[0] for s in arguments))

    def _derivative_mend(self, name: str, below: str) -> str | None:
        """``uxx`` for a field u and a coordinate x: offer ``u_xx``."""
        head, _, suffix = name.partition("_")
        for field in sorted(self.fields(), key=len, reverse=True):
            rest = name.removeprefix(field).removeprefix("_")
            if name.startswith(field) and rest and set(rest) <= self.coordinates():
                return f"did you mean {field}_{rest}?"
            if name == f"{field}_n":
                return f"write dn({field})"
            if name in (f"d{field}", f"d2{field}", f"d^2{field}"):
                if below == "dn":
                    return f"write dn({field})"
                axis = below.removeprefix("d")
                if axis not in self.coordinates():
                    axis = min(self.coordinates(), default="x")
                return f"write {field}_{axis} or d({field}, {axis}) for a derivative"
        match = nearest(head, self.fields())
        return f"did you mean {match}_{suffix}?" if match and suffix and match != head else None

    def _derivative_detail(self, name: str) -> str:
        field, _, suffix = name.rpartition("_")
        if field in self.fields() and suffix:
            known = ", ".join(self._axes_of(field))
            letters = sorted(set(suffix) - self.coordinates())
            strange = letters[0] if len(letters) == 1 else suffix
            verb = "is not made of coordinates" if letters[1:] else "is not a coordinate"
            if letters and strange not in self.coordinates():
                return f": {strange} {verb}; {field} depends on {known}"
        return ""
