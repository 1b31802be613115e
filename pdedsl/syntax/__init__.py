"""Text to tree and back: reading `.pde` files with their diagnostics, and formatting them."""

from .files import load_source
from .format import format_expression, format_source, format_statement
from .read import Reading, read
from .tokens import Comment

__all__ = [
    "Comment",
    "Reading",
    "format_expression",
    "format_source",
    "format_statement",
    "load_source",
    "read",
]
