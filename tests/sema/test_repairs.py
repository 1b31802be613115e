"""Mends of the golden mistakes as changes of the text: tried, and none that loses a word."""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import Diagnostic, Source, Span
from pdedsl.sema.repairs import repairs
from tests.golden.test_bad import FOLDER, check
from tests.golden.test_mends import MENDS

OFFERED = (
    "missing_operator two_pi_without_sign function_without_brackets python_power double_equals "
    "nabla_squared half_open_interval missing_colon equation_without_equals keyword_of_others "
    "misspelt_keyword number_without_leading_digit title_not_closed three_dots trailing_comma "
    "unknown_name euler_number operator_called_with_round_brackets numpy_prefix too_many_arguments "
    "disk_by_position list_as_vector set_difference_with_sign initial_condition_on_boundary "
    "initial_condition_without_time periodic_as_equation parameter_never_used "
    "side_without_condition side_by_word derivative_in_time_as_function degrees_celsius "
    "comment_with_slashes second_derivative_as_quotient power_of_a_function"
).split()
REFUSED = (
    "latex_dollars initial_velocity_of_heat point_with_three_values field_in_an_interval "
    "conditions_on_one_side imaginary_unit_of_a_wave operator_in_round_brackets"
).split()


@pytest.mark.parametrize("stem", OFFERED)
def test_a_mend_is_typed(stem: str) -> None:
    (found,), source = check(FOLDER / f"{stem}.pde")
    _, old, new = MENDS[stem]
    texts = [repair.applied(source.text) for repair in repairs(found, source, FOLDER)]
    assert [text.split() for text in texts][:1] == [source.text.replace(old, new).split()]


@pytest.mark.parametrize("stem", REFUSED)
def test_a_mend_that_would_lose_something_is_not(stem: str) -> None:
    (found,), source = check(FOLDER / f"{stem}.pde")
    assert list(repairs(found, source, FOLDER)) == []


def test_signs_before_an_operand_stay() -> None:
    text = "domain Omega: x in [0, 1]\nunknown u(x)\neq: u_xx - 2 x = 0\nbc: u = 0  on boundary\n"
    source = Source("own.pde", text)
    place = text.index("2 x") + 2
    found = Diagnostic(
        "E104", "missing operator between factors", Span(place, place + 1), "write 2*x"
    )
    (repair,) = repairs(found, source, FOLDER)
    assert repair.applied(text) == text.replace("2 x", "2*x")
