"""Files that are not there: the name that was perhaps meant."""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import UserError
from pdedsl.syntax import load_source


def test_the_nearest_spec_is_offered_and_no_unrelated_one(tmp_path):
    for name in ("heat.pde", "wave_equation.pde", "heat.csv"):
        (tmp_path / name).write_text("x")
    with pytest.raises(UserError, match=r"did you mean .*heat\.pde\?"):
        load_source(tmp_path / "haet.pde")
    with pytest.raises(UserError) as caught:
        load_source(tmp_path / "stokes.pde")
    assert caught.value.diagnostics[0].mend is None
