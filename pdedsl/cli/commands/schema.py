"""``pdedsl schema``: what ``--json`` prints, as JSON schemas."""

from __future__ import annotations

from collections.abc import Iterable

import click

from pdedsl.cli.console import emit, emit_json
from pdedsl.cli.options import completing, examples


def _names() -> Iterable[str]:
    from pdedsl.cli.schemas import SCHEMAS

    return SCHEMAS


@click.command(
    "schema", epilog=examples("pdedsl schema", "pdedsl schema solve > solve.schema.json")
)
@click.argument("name", required=False, shell_complete=completing(_names))
def command(name: str | None) -> int:
    """Print the JSON schema of what a command prints with --json; without NAME, list them.

    The version at the end of $id grows when a key is removed or changes its meaning.
    """
    from pdedsl.cli.schemas import SCHEMAS, schema
    from pdedsl.diagnostics import did_you_mean

    if name is None:
        for own, model in SCHEMAS.items():
            emit(f"{own:15} {(model.__doc__ or '').partition(chr(10))[0].replace('``', '')}")
    elif name in SCHEMAS:
        emit_json(schema(name))
    else:
        hint = did_you_mean(name, SCHEMAS) or f"there are: {', '.join(SCHEMAS)}"
        raise click.UsageError(f"there is no schema {name!r}; {hint}")
    return 0
