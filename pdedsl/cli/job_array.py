"""A shell script of the cases of a sweep, a job each, for the queue of a cluster."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from .sweeping import Case, solve_command

_BROKEN_OFF = '"status": "(choosing|running|interrupted)"'
_INDICES = ("SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "SGE_TASK_ID")


def job_array(
    cases: Sequence[Case], file: str, options: Sequence[str], again: Sequence[str]
) -> str:
    """The text of a script for ``sh``, whose jobs have the numbers from 1 on.

    A job whose run was broken off goes on with it, and one whose run has ended does nothing.

    Args:
        cases: of the sweep.
        file: the spec.
        options: of ``pdedsl solve``, those of all cases.
        again: the command that prints the table, once the jobs have ended.
    """
    index = f"${{1:-${{{_INDICES[0]}:-${{{_INDICES[1]}:-${_INDICES[2]}}}}}}}"
    lines = [
        "#!/bin/sh",
        f"# {len(cases)} cases of {file}: job N solves case N. For SLURM, for instance,",
        f"#   sbatch --array=1-{len(cases)} THIS_FILE",
        "# and without a queue: sh THIS_FILE N. Afterwards, for the table:",
        f"#   {shlex.join(again)}",
        f"cd {shlex.quote(str(Path.cwd()))} || exit 1",
        f'case "{index}" in',
    ]
    for number, case in enumerate(cases, 1):
        folder = shlex.quote(str(case.folder))
        solve = shlex.join(["pdedsl", *solve_command(case, file, options)])
        lines += [
            f"{number})",
            f"  if grep -Eq '{_BROKEN_OFF}' {folder}/run.json 2>/dev/null; then",
            f"    exec pdedsl resume {folder} --quiet; fi",
            f"  if [ -e {folder}/run.json ]; then exit 0; fi",
            f"  exec {solve} ;;",
        ]
    lines += [f'*) echo "job numbers are 1 to {len(cases)}" >&2; exit 2 ;;', "esac", ""]
    return "\n".join(lines)
