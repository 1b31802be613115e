"""The page of all messages: what the code of each means, with an example and its mend."""

from __future__ import annotations

import json
import re

from .session import Session

_HEAD = """# Messages

Every message has a code, and `pdedsl explain CODE` prints what stands here. Errors (E) keep a
problem from being solved; lints (L) say what is probably wrong in one that can be, and fail
`pdedsl check --strict` alone.

"""
_ENTRY = re.compile(r"^(?=[EL]\d{3}: )", re.M)
_EXAMPLE = re.compile(r"^\S[^\n]*:\n    ", re.M)
"""Where the example of an entry begins: the name of a file, and its indented lines."""


def page(session: Session) -> str:
    """The page, from what `pdedsl explain` prints of all codes."""
    codes = json.loads(session.run("pdedsl list codes --json"))["codes"]
    printed = session.run(f"pdedsl explain {' '.join(own['code'] for own in codes)}")
    return _HEAD + "\n".join(_entry(text) for text in _ENTRY.split(printed) if text.strip())


def _entry(text: str) -> str:
    head, _, rest = text.strip().partition("\n")
    code = head.partition(":")[0]
    example = _EXAMPLE.search(rest)
    end = example.start() if example else len(rest)
    shown = f"\n```text\n{rest[end:].rstrip()}\n```\n" if example else ""
    return f"## {head} {{ #{code.lower()} }}\n\n{rest[:end].strip()}\n{shown}"
