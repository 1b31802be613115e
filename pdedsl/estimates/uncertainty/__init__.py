"""How far noise of the data moves what a fit finds, and what the data do not tell."""

from __future__ import annotations

from .chi_square import ChiSquare as ChiSquare
from .uncertainty import Uncertainty as Uncertainty
from .uncertainty import ends_along as ends_along
from .uncertainty import uncertainty_of as uncertainty_of
