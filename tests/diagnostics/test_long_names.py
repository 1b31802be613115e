"""Names of any length are cut off where messages repeat them."""

from __future__ import annotations

import pytest

import pdedsl


@pytest.mark.parametrize("name", ["a" * 1_000_000, "z" * 200, "b_1" * 5_000])
def test_a_long_name_is_cut_off_in_messages(name: str) -> None:
    with pytest.raises(pdedsl.UserError) as found:
        pdedsl.parse(f"domain O: x in [0, 1]\nunknown u(x)\neq: u_x = {name}\n")
    text = str(found.value)
    assert name not in text
    assert name[:60] + "…" in text
    assert len(text) < 1_000


def test_names_of_sixty_letters_are_repeated_in_full() -> None:
    with pytest.raises(pdedsl.UserError, match="q" * 60) as found:
        pdedsl.parse(f"domain O: x in [0, 1]\nunknown u(x)\neq: u_x = {'q' * 60}\n")
    assert "…" not in str(found.value)
