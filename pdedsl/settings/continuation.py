"""Options of a continuation: which values of a parameter come before its own."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from pdedsl.options.section import Count, Section, fault_of


class Continuation(Section):
    """Easier values of a parameter first; see `pdedsl.solution.continuation`.

    The value of the spec comes after them. Each value has all iterations of the method, and an
    even part of the budget.

    Args:
        parameter: its name in the spec; empty for the one that makes the equations hard, where
            there is just one, see `pdedsl.transforms.hard_parameters`.
        values: in order; empty for ``steps`` values.
        start: the first of them; None for the value of the spec divided by, or where large
            values are easy multiplied by, ``steps`` + 1.
        steps: number of values from ``start`` on, before that of the spec; None for five.
        spacing: even differences or even ratios; None for ratios where large values are easy.
    """

    parameter: str = ""
    values: tuple[float, ...] = ()
    start: float | None = None
    steps: Count | None = None
    spacing: Literal["linear", "geometric"] | None = None

    @model_validator(mode="after")
    def _values_or_steps(self) -> Continuation:
        if not self.values:
            if "values" in self.model_fields_set:
                raise fault_of("values is empty; write numbers, or leave it out", "values")
            return self
        if not self.parameter:
            raise fault_of("values need a parameter; write its name as parameter = …", "values")
        for key in ("start", "steps", "spacing"):
            if getattr(self, key) is not None:
                raise fault_of(f"write either values or {key}, which makes them", key)
        return self
