"""Run folders: what was solved, how, and what came of it; no torch at import."""

from .claim import Claim, claimed, is_claimed
from .files import write_bytes, write_text
from .folder import FolderTakenError, RunFolder, numbered_file
from .jsontext import clean, dumps
from .recorder import Recorder, UnwritableError, first_files

__all__ = [
    "Claim",
    "FolderTakenError",
    "Recorder",
    "RunFolder",
    "UnwritableError",
    "claimed",
    "clean",
    "dumps",
    "first_files",
    "is_claimed",
    "numbered_file",
    "write_bytes",
    "write_text",
]
