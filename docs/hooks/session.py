"""A page as a session: its files are written, its commands are run, and their output is put in.

A page holds what a reader types and none of what the program answers. Fenced blocks mean:

- any block with ``title="NAME"``: a file of the session;
- ``console``: every line behind ``$`` is run in a shell, with its output below; ``exit=3`` in the
  head of the block is the exit status of the last command, 0 otherwise;
- ``table``: the same, but the output is Markdown and takes the place of the block;
- ``pde`` without a title: a spec, which ``pdedsl check --strict`` must accept;
- ``python`` without a title: a program, with what it prints below.

All commands of a page run in one folder, which is empty at first but for the folder of specs.
``python -m docs.hooks.session PAGE`` runs a page in the present folder with the ``pdedsl`` on the
path, and prints it with its output.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<kind>\w+)(?P<head>[^\n]*)\n(?P<body>.*?)^```$\n?", re.S | re.M)
_SECONDS = 300
"""No command of a page may take longer."""
_COLUMNS = "92"  # as wide as the text of ``analyze``; they fit a page of 1,300 pixels, see site.css


class SessionError(Exception):
    """A command of a page did not end as the page says."""


@dataclass(frozen=True)
class Session:
    """A folder in which the commands of a page are run."""

    folder: Path
    environment: dict[str, str]

    def run(self, command: str, status: int = 0) -> str:
        """What a command prints, errors and warnings among it.

        Raises:
            SessionError: another exit status than ``status``.
        """
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != status:
            text = f"{command}\nended with status {done.returncode} in place of {status}:\n"
            raise SessionError(text + done.stdout)
        return done.stdout.rstrip("\n")

    def play(self, page: str) -> str:
        """The page with the output of its blocks, which are run in their order."""
        return _FENCE.sub(self._play_block, page)

    def _play_block(self, block: re.Match[str]) -> str:
        kind, head, body = block["kind"], block["head"], block["body"]
        title = re.search(r'title="([^"]+)"', head)
        if title:
            path = self.folder / title[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        elif kind in ("console", "table"):
            return self._play_commands(kind, head, body)
        elif kind == "pde":
            self._with_text("pdedsl check --strict block.pde", "block.pde", body)
        elif kind == "python":
            printed = self._with_text("python block.py", "block.py", body)
            return block[0] + (f"\n```text\n{printed}\n```\n" if printed else "")
        return block[0]

    def _play_commands(self, kind: str, head: str, body: str) -> str:
        status = re.search(r"exit=(\d+)", head)
        commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
        last = len(commands) - 1
        parts = []
        for i, command in enumerate(commands):
            output = self.run(command, int(status[1]) if status and i == last else 0)
            parts.append(output if kind == "table" else f"$ {command}\n{output}".rstrip())
        text = "\n".join(parts)
        return f"{text}\n" if kind == "table" else f"```console\n{text}\n```\n"

    def _with_text(self, command: str, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        try:
            return self.run(command)
        finally:
            path.unlink()


def environment(programs: Path | None = None) -> dict[str, str]:
    """The variables of a session: plain output, programs of the given folder first."""
    own = dict(os.environ, COLUMNS=_COLUMNS, NO_COLOR="1", TERM="dumb", MPLBACKEND="agg")
    if programs is not None:
        own["PATH"] = f"{programs}{os.pathsep}{own['PATH']}"
    return own


def main() -> None:
    """Run the page that is named, in the present folder."""
    page = Path(sys.argv[1]).read_text(encoding="utf-8")
    try:
        print(Session(Path.cwd(), environment()).play(page))
    except SessionError as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
