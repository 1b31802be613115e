"""Rules that weigh points, held against each other and against the sampling of a method."""

from __future__ import annotations

from collections.abc import Sequence

from pdedsl.options.section import fault_of
from pdedsl.training.rules.point_rule import PointRuleOptions
from pdedsl.training.rules.rule import RuleOptions


def check_point_rules(rules: Sequence[RuleOptions], resample: int) -> None:
    """Refuse two rules that weigh points, and weights of points that do not stay.

    Args:
        rules: of the schedule.
        resample: of the sampling; 0 where the points stay.

    Raises:
        PydanticCustomError: at the rules of the schedule.
    """
    own = [rule for rule in rules if isinstance(rule, PointRuleOptions)]
    if len(own) > 1:
        names = " and ".join(rule.kind for rule in own)
        reason = f"{names} both weigh points, and each would undo the other; leave one of them"
        raise fault_of(reason, "schedule", "rules")
    if resample and any(rule.remembers for rule in own):
        raise fault_of(
            f"the weights of {own[0].kind} belong to points, which resample replaces; write "
            "resample = 0, and more points, or leave the rule out",
            "schedule", "rules",
        )  # fmt: skip
