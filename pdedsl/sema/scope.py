"""Names: one role each, declared before use, with the nearest name offered for unknown ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pdedsl.diagnostics import Note, Span, did_you_mean, reject
from pdedsl.syntax import ast

from .derivative_names import split_derivative

FUNCTIONS = (
    "sin cos tan asin acos atan atan2 sinh cosh tanh exp log sqrt abs sign min max erf "
    "heaviside if sum integral"
).split()
CALCULUS = "d grad div curl lap dot cross norm advect dn".split()
SETS = "disk ball ellipse polygon boundary".split()
CONSTANTS = ["pi", "n", "R"]
BUILT_IN = frozenset([*FUNCTIONS, *CALCULUS, *SETS, *CONSTANTS])

OTHER_SPELLINGS = {
    "ln": "log",
    "laplacian": "lap",
    "laplace": "lap",
    "gradient": "grad",
    "divergence": "div",
    "rot": "curl",
    "diff": "d",
    "e": "exp(1)",
    "Pi": "pi",
    "PI": "pi",
    "arctan": "atan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan2": "atan2",
    "fabs": "abs",
    "H": "heaviside",
    "normal": "n",
    "rectangle": "[a, b] * [c, d]",
    "circle": "disk",
    "sphere": "ball",
    "dOmega": "boundary",
}


@dataclass(frozen=True)
class Entry:
    """A declared name: its role in words, what it stands for, and where it was declared."""

    role: str
    value: Any
    span: Span


class Poisoned(Exception):
    """The name's own declaration was wrong and has been reported; nothing more to say."""


class Scope:
    """The names of one file in the order of their declaration."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.used: set[str] = set()
        self._poisoned: set[str] = set()

    def declare(self, name: ast.Name, role: str, value: Any) -> None:
        """Give a name its role.

        Raises:
            Rejected: E202 declared before, E203 built in, E205 reads as a derivative.
        """
        self.check_free(name)
        self.entries[name.id] = Entry(role, value, name.span)

    def check_free(self, name: ast.Name) -> None:
        """Refuse a name that has a role already; see `declare`."""
        if name.id in BUILT_IN:
            raise reject(
                "E203",
                f"{name.id} is built in and cannot be declared",
                name.span,
                f"choose another name, such as {name.id}0",
            )
        if (earlier := self.entries.get(name.id)) is not None:
            note = Note(f"{name.id} is declared here as {earlier.role}", earlier.span)
            raise reject("E202", f"{name.id} is declared twice", name.span, notes=(note,))
        reading = split_derivative(name.id, self.fields(), self.coordinates())
        if reading is not None:
            raise reject(
                "E205",
                f"{name.id} reads as a derivative of {reading[0]}",
                name.span,
                "choose a name without the underscore",
            )

    def poison(self, name: ast.Name) -> None:
        """Remember that a declaration failed, so that uses of the name stay silent."""
        if name.id not in self.entries:
            self._poisoned.add(name.id)

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

    def fields(self) -> frozenset[str]:
        """Names of the unknown functions."""
        return frozenset(self.role("an unknown function"))

    def coordinates(self) -> frozenset[str]:
        """Names of all scalar coordinates, time and parameters with a range."""
        return frozenset(self.role("a coordinate", "the time", "a parameter with a range"))

    def unknown(self, name: ast.Name, extra: tuple[str, ...] = ()) -> Exception:
        """The diagnostic for a name that nothing declares."""
        if self._poisoned_prefix(name.id):
            return Poisoned(name.id)
        if name.id in OTHER_SPELLINGS:
            mend: str | None = f"write {OTHER_SPELLINGS[name.id]}"
        else:
            mend = self._derivative_mend(name.id) or did_you_mean(
                name.id, [*self.entries, *BUILT_IN, *extra]
            )
        detail = self._derivative_detail(name.id)
        return reject("E201", f"{name.id} is not declared{detail}", name.span, mend)

    def _poisoned_prefix(self, name: str) -> bool:
        return any(name.startswith(p + "_") for p in self._poisoned)

    def _derivative_mend(self, name: str) -> str | None:
        """``uxx`` for a field u and a coordinate x: offer ``u_xx``."""
        for field in sorted(self.fields(), key=len, reverse=True):
            rest = name.removeprefix(field).removeprefix("_")
            if name.startswith(field) and rest and set(rest) <= self.coordinates():
                return f"did you mean {field}_{rest}?"
        return None

    def _derivative_detail(self, name: str) -> str:
        field, _, suffix = name.rpartition("_")
        if field in self.fields() and suffix:
            known = ", ".join(sorted(self.coordinates()))
            return f": {field} is, but {suffix} is not made of coordinates ({known})"
        return ""
