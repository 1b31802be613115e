"""The labels that a method names, held against the laws of a problem."""

from __future__ import annotations

from pdedsl.diagnostics import Diagnostic, Note, Source, UserError, did_you_mean
from pdedsl.ir import Problem

from .method import Method
from .toml import read
from .toml_places import Entry, Path

KINDS = ("eq", "bc", "ic", "fit")


def check_labels(method: Method, problem: Problem, source: Source | None = None) -> None:
    """Weights and points must name a kind of law or a law of the problem.

    Args:
        method: with the names.
        problem: with the laws.
        source: the method file, so that the message can point into it.

    Raises:
        UserError: with one diagnostic (E802) for each name that is neither.
    """
    known = [*KINDS, *(law.label for law in problem.laws)]
    wrong: list[Path] = [("weights", name) for name in method.weights if name not in known]
    wrong += [("sampling", "points", n) for n in method.sampling.points if n not in known]
    wrong += [
        ("schedule", "rules", number, key, name)
        for number, rule in enumerate(method.schedule.rules)
        for key in ("weights", "masks", "laws")
        for name in getattr(rule, key, ())
        if name not in known
    ]
    if not wrong:
        return
    places = read(source)[1] if source else {}
    found = [_unknown(path, known, places) for path in wrong]
    raise UserError(found, source or Source("method", ""))


def _unknown(path: Path, known: list[str], places: dict[Path, Entry]) -> Diagnostic:
    name = str(path[-1])
    entry = places.get(path)
    note = Note("the kinds and laws are " + ", ".join(dict.fromkeys(known)))
    message = f"the problem has no law {name}, and it is not a kind of law"
    return Diagnostic(
        "E802", message, entry.key if entry else None, did_you_mean(name, known), (note,)
    )
