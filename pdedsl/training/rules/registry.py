"""The rules that a method may list in ``[schedule]``, by their names."""

from __future__ import annotations

from collections.abc import Callable

from pdedsl.options.section import by_kind

from .annealing import Annealing, AnnealingOptions
from .best_kappa import BestKappaOptions, best_kappa
from .causal import Causal, CausalOptions
from .grad_norm import GradNorm, GradNormOptions
from .ntk import NtkOptions, NtkWeights
from .ramp import Ramp, RampOptions
from .rba import Rba, RbaOptions
from .relobralo import Relobralo, RelobraloOptions
from .rule import Rule, RuleOptions
from .self_adaptive import SelfAdaptive, SelfAdaptiveOptions

# Each is called with its options and the system whose training it follows.
BUILDERS: dict[type[RuleOptions], Callable[..., Rule]] = {
    RampOptions: Ramp,
    AnnealingOptions: Annealing,
    NtkOptions: NtkWeights,
    GradNormOptions: GradNorm,
    RelobraloOptions: Relobralo,
    BestKappaOptions: best_kappa,
    SelfAdaptiveOptions: SelfAdaptive,
    RbaOptions: Rba,
    CausalOptions: Causal,
}
RULES = by_kind(BUILDERS)
