"""Solutions as files that need no pdedsl: Python with NumPy or PyTorch, and graphs of networks."""

from .python_file import write_python

__all__ = ["write_python"]
