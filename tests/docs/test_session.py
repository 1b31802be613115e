"""Pages that are run: what is put in, and that a command which fails is not passed over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from docs.hooks.formulas import with_mathml
from docs.hooks.session import Session, SessionError, environment
from tests.conftest import ROOT

SPEC = "domain O: x in [0, 1]\nunknown u(x)\neq: d(u, x, 2) = 1\nbc: u = 0  on boundary\n"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path, environment(Path(sys.executable).parent))


def test_files_are_written_and_output_is_put_in(session: Session) -> None:
    page = '```text title="b/c"\none\ntwo\n```\n\n```console\n$ wc -l < b/c\n$ cat b/c\n```\n'
    assert session.play(page).endswith("```console\n$ wc -l < b/c\n2\n$ cat b/c\none\ntwo\n```\n")


def test_an_exit_status_has_to_be_the_one_that_is_said(session: Session) -> None:
    assert "$ false" in session.play("```console exit=1\n$ false\n```\n")
    with pytest.raises(SessionError, match="ended with status 2 in place of 0"):
        session.play("```console\n$ exit 2\n```\n")
    with pytest.raises(SessionError, match="status 0 in place of 1"):
        session.play("```console exit=1\n$ true\n```\n")
    with pytest.raises(SessionError, match="status 1 in place of 0"):
        session.play("```console exit=1\n$ false\n$ false\n```\n")


def test_tables_take_the_place_of_their_commands(session: Session) -> None:
    assert session.play("```table\n$ echo '| a |'\n```\n") == "| a |\n"


def test_programs_are_run(session: Session) -> None:
    assert "```text\n3\n```" in session.play("```python\nprint(1 + 2)\n```\n")
    with pytest.raises(SessionError, match="ZeroDivisionError"):
        session.play("```python\n1/0\n```\n")


def test_specs_are_checked(session: Session) -> None:
    page = f"```pde\n{SPEC}```\n"
    assert session.play(page) == page
    with pytest.raises(SessionError, match="E201"):
        session.play(page.replace("= 1", "= v"))
    with pytest.raises(SessionError, match="L101"):
        session.play(page.replace("on boundary", "on x = 0"))


def test_a_page_is_run_from_the_command_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ pwd\n```\n")
    command = [sys.executable, str(ROOT / "docs" / "hooks" / "session.py"), str(page)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and str(tmp_path) in done.stdout
    page.write_text("```console\n$ false\n```\n")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "status 1" in done.stderr


def test_formulas_are_mathml() -> None:
    html = with_mathml('<p><span class="arithmatex">\\(a &lt; b^2\\)</span></p>')
    assert "<msup>" in html and "&#x0003C;" in html and "arithmatex" not in html
    assert 'display="block"' in with_mathml('<div class="arithmatex">\\[\\int_0^1 x\\,dx\\]</div>')
