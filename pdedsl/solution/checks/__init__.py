"""What speaks against a result: one check a file, in the order of `checks.CHECKS`."""

from .finding import Finding

__all__ = ["Finding"]
