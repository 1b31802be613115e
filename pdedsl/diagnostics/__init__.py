"""Spans, coded diagnostics as data, and their rendering."""

from .codes import CODES
from .diagnostic import Diagnostic, Note, Rejected, Report, Severity, reject
from .render import as_data, render
from .source import Source, Span
from .suggest import did_you_mean, nearest
from .user_error import UserError

__all__ = [
    "CODES",
    "Diagnostic",
    "Note",
    "Rejected",
    "Report",
    "Severity",
    "Source",
    "Span",
    "UserError",
    "as_data",
    "did_you_mean",
    "nearest",
    "reject",
    "render",
]
