"""What is measured along a training: gradients, curvature, tangent kernel, spectral bias."""

from .moment import Bands, Moment
from .observer import Observer, share_of

__all__ = ["Bands", "Moment", "Observer", "share_of"]
