"""What a run was asked for, as its record keeps it: enough to solve again, or to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pdedsl.solution.checks.acceptance import ACCEPT

if TYPE_CHECKING:
    from pdedsl.choice.allowance import Allowance
    from pdedsl.ir import Problem
    from pdedsl.solution.planning import Plan


@dataclass(frozen=True)
class Request:
    """The arguments of a solve.

    Args:
        method: its name or file; None for one that was given as an object.
        settings: changes of the method.
        iterations: the most, of all stages together.
        budget: seconds by the clock.
        seed: of the points and of the first guess.
        dtype: see `pdedsl.api.solve`.
        device: likewise.
        threads: likewise.
        watch: share of the time that measuring the training may take.
        polish: see `pdedsl.api.solve`.
        accept: likewise.
        every: iterations between two checkpoints, beside the clock.
    """

    method: str | None = "auto"
    settings: tuple[tuple[str, Any], ...] = ()
    iterations: int | None = None
    budget: float | None = None
    seed: int = 0
    dtype: str | None = None
    device: str | None = None
    threads: int | None = None
    watch: float = 0.0
    polish: bool = False
    accept: float = ACCEPT
    every: int | None = None

    def plan(
        self, problem: Problem, allowance: Allowance, notify: Callable[[str], None] | None = None
    ) -> Plan:
        """Choose or read the method; see `pdedsl.solution.planning.plan`."""
        from pdedsl.solution.planning import plan

        return plan(
            problem,
            self.method or "auto",
            budget=self.budget,
            settings=self.settings,
            iterations=self.iterations,
            seed=self.seed,
            dtype=self.dtype,
            device=self.device,
            threads=self.threads,
            notify=notify,
            allowance=allowance,
        )

    def as_data(self) -> dict[str, Any]:
        """As plain data, which `of_data` reads."""
        return {**asdict(self), "settings": [list(pair) for pair in self.settings]}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Request:
        """From plain data; keys that are not known are left out."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        pairs = tuple((str(key), value) for key, value in known.get("settings", ()))
        return cls(**{**known, "settings": pairs})
