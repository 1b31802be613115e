"""Narrow features of what is given: where a known term changes fast, and over which width."""

from .feature import Feature, FeaturePoint
from .find import features_at, features_in, features_of, parts_of_place

__all__ = ["Feature", "FeaturePoint", "features_at", "features_in", "features_of", "parts_of_place"]
