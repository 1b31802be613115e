"""Solutions as files on a mesh of their true shape."""

from .files import FORMATS, export

__all__ = ["FORMATS", "export"]
