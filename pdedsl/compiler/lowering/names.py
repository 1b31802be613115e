"""Identifiers of generated code: safe, short, unique."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

_TAKEN = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))


class Names:
    """Hands out identifiers that are distinct, hide nothing, and are not among those reserved."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._used = set(reserved)

    def new(self, wish: str) -> str:
        """An identifier like ``wish``: ``lambda`` → ``lambda_``, ``v[1]`` → ``v1``, λ → ``u3bb``.

        Only ASCII letters, digits and underscores are ever returned.
        """
        text = re.sub(r"[\[\]]", "", wish)
        text = re.sub(r"[^\x00-\x7f]", lambda found: f"u{ord(found[0]):x}", text)
        text = re.sub(r"[^A-Za-z0-9_]", "_", text)
        if not text or text[0].isdigit() or text.startswith("__"):
            text = "q" + text
        if text in _TAKEN:
            text += "_"
        name, count = text, 2
        while name in self._used or name in _TAKEN:
            name, count = f"{text}_{count}", count + 1
        self._used.add(name)
        return name
