"""How long the language server takes to answer: ``python -m tests.benchmarks.server``.

A session over standard streams: every spec is opened, then changed ten times, a letter at its
end or a number at the start of its comments; each time the first diagnostics of that version are
waited for. Lints come later, once the text has rested. On a busy machine the time of the processor
that an answer takes (where the system tells it) says more than that of the clock.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import click

from tests.conftest import SPECS
from tests.server.client import Client

CHANGES = 10
WANTED = 0.1


def processor_time(pid: int) -> float:
    """Seconds that a process has computed; zero where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(client: Client, path: Path) -> tuple[float, float, float, float]:
    """Seconds: median and slowest answer, computing for one, from the last change to the lints."""
    text = path.read_text(encoding="utf-8")
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "pde", "version": 1, "text": text}
    client.tell("textDocument/didOpen", textDocument=item)
    client.diagnostics(uri, 1)
    times, before = [], processor_time(client.pid)
    for version in range(2, CHANGES + 2):
        start = time.perf_counter()
        client.change(uri, f"# {version}\n{text}", version)
        client.diagnostics(uri, version)
        times.append(time.perf_counter() - start)
        time.sleep(0.05)
    computing = (processor_time(client.pid) - before) / CHANGES
    start = time.perf_counter()
    client.change(uri, text, CHANGES + 2)
    client.diagnostics(uri, CHANGES + 2)
    client.diagnostics(uri, CHANGES + 2)
    rest = time.perf_counter() - start
    client.tell("textDocument/didClose", textDocument={"uri": uri})
    return statistics.median(times), max(times), computing, rest


@click.command()
def main() -> None:
    """Print a table for the gallery."""
    click.echo("| spec | answer: median, ms | slowest, ms | computing, ms | lints after, ms |")
    click.echo("| --- | --- | --- | --- | --- |")
    slow = 0
    with tempfile.TemporaryDirectory() as folder, Client(Path(folder)) as client:
        for path in SPECS:
            median, most, own, rest = (1e3 * value for value in measure(client, path))
            slow += median > 1e3 * WANTED
            click.echo(f"| {path.stem} | {median:.0f} | {most:.0f} | {own:.0f} | {rest:.0f} |")
    click.echo(f"\n{len(SPECS) - slow} of {len(SPECS)} medians are within {1e3 * WANTED:.0f} ms.")


if __name__ == "__main__":
    main()
