"""What the loss of a weak form with few rows does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


def few_integrals(system: ResidualSystem) -> str | None:
    """What the loss does not tell where a weak form has fewer rows than the model has parameters.

    Loss and loss on fresh points have the same test functions, so that both may be at rounding
    where the solution is not.
    """
    own = system.sampler.integrals
    rows = sum(b.rows.stop - b.rows.start for b in system.blocks if b.label in own)
    if not own or rows >= system.parameters:
        return None
    return (
        f"{rows:,} integrals for {system.parameters:,} parameters: the equations are not held "
        "between test functions, and the loss, on fresh points too, does not show it; raise "
        "form.per_element or form.elements, or take a smaller network"
    )
