"""Following the mend of a wrong file leaves a file without any diagnostic.

Each entry replaces text of the file by what its mend says to write.
"""

from __future__ import annotations

import pytest

from pdedsl.diagnostics import Source
from pdedsl.sema import examine
from tests.golden.test_bad import FOLDER, check, overrides

# file: (what the mend says, text of the file, text instead of it)
MENDS: dict[str, tuple[str, str, str]] = {
    "halfplane_without_bounds": (
        "halfplane(point = (0, 0), normal = (1, 0)) intersect [-1, 1]^2",
        "halfplane(point = (0, 0), normal = (1, 0))",
        "halfplane(point = (0, 0), normal = (1, 0)) intersect [-1, 1]^2",
    ),
    "rotation_without_axis": (
        "rotate([0, 1]^3, pi/6, axis = (0, 0, 1))",
        "rotate([0, 1]^3, pi/6)",
        "rotate([0, 1]^3, pi/6, axis = (0, 0, 1))",
    ),
    "region_covered": (
        "disk(center = (0, 0), radius = 2) minus D",
        "D minus disk(center = (0, 0), radius = 2)",
        "disk(center = (0, 0), radius = 2) minus D",
    ),
    "denominator_without_sign": ("k > 0 guess 2", "k guess 2", "k > 0 guess 2"),
    "missing_operator": ("2*us", "2 us", "2*us"),
    "missing_operator_before_bracket": ("2*(x + 1)", "2(x + 1)", "2*(x + 1)"),
    "function_without_brackets": ("sin(x)", "sin x", "sin(x)"),
    "python_power": ("x^2", "x**2", "x^2"),
    "double_equals": ("=", "==", "="),
    "nabla_squared": ("lap(u)", "∇²u", "lap(u)"),
    "latex_greek": ("nu", "\\nu*", "nu*"),
    "half_open_interval": ("[0, 1]", "[0, 1)", "[0, 1]"),
    "missing_colon": ("eq: u_xx = 1", "eq u_xx = 1", "eq: u_xx = 1"),
    "equation_without_equals": ("u_xx - 1 = 0", "u_xx - 1", "u_xx - 1 = 0"),
    "keyword_of_others": ("eq", "pde:", "eq:"),
    "misspelt_keyword": ("unknown", "unknwon", "unknown"),
    "param_without_value": ("k = 1", "param k", "param k = 1"),
    "define_sign": ("k = 3", "k := 3", "k = 3"),
    "number_without_leading_digit": ("0.5", ".5", "0.5"),
    "number_without_trailing_digit": ("1.0", "1.", "1.0"),
    "title_without_quotes": (
        'problem "Poisson equation"',
        "problem Poisson equation",
        'problem "Poisson equation"',
    ),
    "title_not_closed": ('"Poisson equation"', '"Poisson equation', '"Poisson equation"'),
    "en_dash_as_minus": ("-", "–", "-"),
    "operator_in_round_brackets": ("operator L[w] =", "operator L(w) =", "operator L[w] ="),
    "three_dots": ("1..3", "1...3", "1..3"),
    "c_conditions": ("and", "&&", "and"),
    "domain_without_name": (
        "domain Omega: (x, y) in [0, 1]^2",
        "domain (x, y) in [0, 1]^2",
        "domain Omega: (x, y) in [0, 1]^2",
    ),
    "version_of_the_future": ("language 1", "language 2", "language 1"),
    "interface_of_sets_that_overlap": (
        "domain B: (x, y) in [-1, 1]^2 minus disk(center = (0, 0), radius = r)",
        "domain B: (x, y) in [-1, 1]^2",
        "domain B: (x, y) in [-1, 1]^2 minus disk(center = (0, 0), radius = r)",
    ),
    "trailing_comma": ("remove it", "(x, y),", "(x, y)"),
    "two_pi_without_sign": ("2*pi", "2pi", "2*pi"),
    "value_missing_in_definition": ("param k = 1", "let f(s)", "param k = 1\nlet f(s)"),
    "boundary_of_nothing": ("Omega", "boundary(D)", "boundary(Omega)"),
    "unknown_name": ("alpha", "alhpa", "alpha"),
    "unknown_function": ("log", "ln", "log"),
    "unknown_operator": ("lap", "laplacian", "lap"),
    "derivative_without_underscore": ("u_xx", "uxx", "u_xx"),
    "euler_number": ("exp(1)", "e^x", "exp(1)^x"),
    "builtin_as_parameter": ("leave it out", "param pi = 3.14\n", ""),
    "parameter_called": ("k*(x + 1)", "k(x + 1)", "k*(x + 1)"),
    "coordinate_called": ("x*(1 - x)", "x(1 - x)", "x*(1 - x)"),
    "operator_called_with_round_brackets": ("L[u]", "L(u)", "L[u]"),
    "mathematica_brackets": ("sin(x)", "Sin[x]", "sin(x)"),
    "too_many_arguments": ("sin(x)", "sin(x, 2)", "sin(x)"),
    "disk_by_position": (
        "disk(center = (0, 0), radius = 1)",
        "disk((0, 0), 1)",
        "disk(center = (0, 0), radius = 1)",
    ),
    "disk_with_centre": ("center", "centre", "center"),
    "disk_without_radius": (
        "disk(center = (0, 0), radius = 1)",
        "disk(center = (0, 0))",
        "disk(center = (0, 0), radius = 1)",
    ),
    "bounds_of_a_field": ("u(x)", "u(x) > 0", "u(x)"),
    "vector_equals_number": ("(1, 1)", "= 1", "= (1, 1)"),
    "vector_squared": ("dot(grad(u), grad(u))", "grad(u)^2", "dot(grad(u), grad(u))"),
    "list_as_vector": ("(1, 0)", "[1, 0]", "(1, 0)"),
    "time_as_number": ("[0, 1]", "in 1", "in [0, 1]"),
    "set_difference_with_sign": ("D minus H", "D - H", "D minus H"),
    "too_many_coordinates": ("in [0, 1]^2", "in [0, 1]", "in [0, 1]^2"),
    "reversed_interval": ("[0, 1]", "[1, 0]", "[0, 1]"),
    "misspelt_boundary": ("boundary", "boundry", "boundary"),
    "on_the_domain": ("boundary(Omega)", "on Omega", "on boundary(Omega)"),
    "initial_condition_on_boundary": ("at t = 0", "on t = 0", "at t = 0"),
    "initial_condition_without_time": ("at t = 0", "sin(pi*x)", "sin(pi*x) at t = 0"),
    "boundary_condition_without_place": ("on boundary", "bc: u = 0", "bc: u = 0 on boundary"),
    "no_domain": (
        "domain Omega: x in [0, 1]",
        "unknown u(x)",
        "domain Omega: x in [0, 1]\nunknown u(x)",
    ),
    "law_in_unknown_domain": ("Omega", "Omgea", "Omega"),
    "periodic_as_equation": ("bc: u periodic in x", "eq: u periodic in x", "bc: u periodic in x"),
    "unknown_number_without_guess": ("k guess 1", "unknown k", "unknown k guess 1"),
    "fit_on_boundary": ("on probe", "on boundary", "on probe"),
    "file_of_data_missing": ('"data/probe.csv"', '"data/prob.csv"', '"data/probe.csv"'),
    "integral_over_nothing": ("Omega", "u, x", "u, Omega"),
    "normal_as_index": ("dn(u)", "u_n", "dn(u)"),
    "numpy_prefix": ("sin(x)", "np.sin(x)", "sin(x)"),
    "differentials": ("u_t", "du/dt", "u_t"),
    "sympy_derivative": ("d", "Derivative", "d"),
    "parameter_never_used": ("leave it out", ", h = 3", ""),
    "side_without_condition": ("bc: u = … on y = 1", "y = 0", "y = 0\nbc: u = 0 on y = 1"),
    "initial_velocity_missing": ("ic: u_t = … at t = 0", "ic: u", "ic: u_t = 0 at t = 0\nic: u"),
    "neumann_without_gauge": (
        "eq gauge: integral(u, Omega) = 0",
        "bc:",
        "eq gauge: integral(u, Omega) = 0\nbc:",
    ),
    "pressure_without_gauge": (
        "eq gauge: integral(p, Omega) = 0",
        "bc walls",
        "eq gauge: integral(p, Omega) = 0\nbc walls",
    ),
    "periodic_and_fixed": ("leave x = 0 out", "x = 0, ", ""),
    "column_of_field": ("v[1]", "lap(v.x) = 1, lap(v.y)", "lap(v[1]) = 1, lap(v[2])"),
    "prime_in_time": ("y_tt", "y''", "y_tt"),
    "normal_derivative_as_quotient": ("dn(T)", "dT/dn", "dn(T)"),
    "latex_nabla_squared": ("lap(u)", "\\nabla^2 u", "lap(u)"),
    "nabla_to_the_power_2": ("lap(u)", "∇^2 u", "lap(u)"),
    "component_as_subscript": ("x[1]", "x₁", "x[1]"),
    "interval_with_semicolon": ("[0, 1]", "[0; 1]", "[0, 1]"),
    "interval_without_comma": ("[0, 1]", "[0 1]", "[0, 1]"),
    "missing_operator_after_power": ("w0^2*y", "w0^2 y", "w0^2*y"),
    "interval_in_round_brackets": ("[0, 1]", "(0, 1)", "[0, 1]"),
    "interval_of_pi_in_round_brackets": ("[0, 2*pi]", "(0, 2*pi)", "[0, 2*pi]"),
    "pi_called": ("pi*x", "pi(x)", "pi*x"),
    "time_not_declared": (
        "add time t in [0, 1], above unknown u(x, t)",
        "unknown u(x)\n",
        "time t in [0, 1]\nunknown u(x, t)\nic: u = 0 at t = 0\n",
    ),
    "output_of_time": ("u(t=1)", "integral(u,", "integral(u(t=1),"),
    "output_of_a_field": ("u(0.5)", "output a = u\n", "output a = u(0.5)\n"),
    "output_without_name": ("output value = max(u)", "output max(u)", "output value = max(u)"),
    "conditions_on_one_side": ("on z = 1", "dn(u) = 0 on z = 0", "dn(u) = 0 on z = 1"),
    "system_ill_posed_in_time": (
        "give u at t = 1 in place of v at the start",
        "ic: v = 0 at t = 0",
        "ic: u = 0 at t = 1",
    ),
    "delay_without_history": (
        "if(t - 1 < 0, 1, y(t - 1))",
        "-y(t - 1)",
        "-if(t - 1 < 0, 1, y(t - 1))",
    ),
    "field_beyond_the_end": (
        "if(2*x > 1, 1, u_x(x=2*x))",
        "u_x(x = 2*x)",
        "if(2*x > 1, 1, u_x(x=2*x))",
    ),
    "domain_of_intervals": (
        "domain Omega: (x, y) in [0, 1] * [0, 2]",
        "domain x in [0, 1], y in [0, 2]",
        "domain Omega: (x, y) in [0, 1] * [0, 2]",
    ),
    "divergence_of_a_list": ("div((u, v))", "div(u, v)", "div((u, v))"),
    "fields_of_one_value": ("u = 0, v = 0", "u = v = 0", "u = 0, v = 0"),
    "at_two_faces": ("on x = 0, x = 1", "at x = 0, x = 1", "on x = 0, x = 1"),
    "name_in_other_case": ("U_xx", "u_xx = 1\nbc: u", "U_xx = 1\nbc: U"),
    "time_in_the_domain": (
        "domain Omega: x in [0, 1], and time t in [0, 2] below it",
        "domain Omega: (x, t) in [0, 1] * [0, 2]",
        "domain Omega: x in [0, 1]\ntime t in [0, 2]",
    ),
    "initial_value_in_brackets": (
        "write ic: u = sin(pi*x) at t = 0",
        "ic: u(x, 0) = sin(pi*x)",
        "ic: u = sin(pi*x) at t = 0",
    ),
    "side_value_without_keyword": ("write bc: u = 0 on x = 0", "u(0, t) = 0", "bc: u = 0 on x = 0"),
    "initial_value_without_keyword": (
        "write ic: u = sin(pi*x) at t = 0",
        "u(x, 0) = sin(pi*x)",
        "ic: u = sin(pi*x) at t = 0",
    ),
    "initial_velocity_without_keyword": (
        "write ic: u_t = 0 at t = 0",
        "u_t(0) = 0",
        "ic: u_t = 0 at t = 0",
    ),
    "second_partial_as_quotient": ("write u_xx", "∂²u/∂x²", "u_xx"),
    "second_derivative_as_quotient": ("write u_tt", "d^2u/dt^2", "u_tt"),
    "mixed_derivative_as_quotient": ("d(d(u, x), y)", "∂²u/∂x∂y", "d(d(u, x), y)"),
    "derivative_in_time_as_function": ("write d(u, t)", "dt(u)", "d(u, t)"),
    "second_derivative_as_function": ("write d(u, x, 2)", "dxx(u)", "d(u, x, 2)"),
    "boundary_of_omega_as_sign": ("write boundary", "∂Ω", "boundary"),
    "gradient_dot_normal": ("write dn(u)", "grad(u).n", "dn(u)"),
    "normal_derivative_with_partials": ("write dn(u)", "∂u/∂n", "dn(u)"),
    "unit_behind_number": ('write 10 "mm"', "param L = 10 mm", 'param L = 10 "mm"'),
    "degrees_celsius": ("write 20", "20 °C", "20"),
    "degrees_of_an_angle": ("write 30*pi/180", "30°", "30*pi/180"),
    "parameters_as_keyword": ("write param a = 1", "parameters a = 1", "param a = 1"),
    "dirichlet_as_keyword": ("write bc: u = 0 on boundary", "dirichlet:", "bc:"),
    "neumann_as_keyword": ("write bc: dn(u) = 0 on boundary", "neumann: u = 0", "bc: dn(u) = 0"),
    "history_of_a_delay": ("write at t = 0 here", "for t in [-1, 0]", "at t = 0"),
    "side_by_word": ("write x = 0", "on left", "on x = 0"),
    "walls": ("write boundary", "walls", "boundary"),
    "derivative_by_two_names": ("write d(u, x, 2)", "d(u, x, x)", "d(u, x, 2)"),
    "derivative_by_both_names": ("write d(d(u, x), y)", "d(u, x, y)", "d(d(u, x), y)"),
    "comment_with_slashes": ("write # in place of it", "//", "#"),
    "where_as_function": ("write if(x > 0.5, 1, 0)", "where(", "if("),
    "disk_by_inequality": (
        "write domain Omega: (x, y) in disk(center = (0, 0), radius = sqrt(4))",
        "x^2 + y^2 < 4",
        "(x, y) in disk(center = (0, 0), radius = sqrt(4))",
    ),
    "ball_by_inequality": (
        "write ball(center = (1, 0, 0), radius = r)",
        "(x - 1)^2 + y^2 + z^2 <= r^2",
        "ball(center = (1, 0, 0), radius = r)",
    ),
    "box_by_inequalities": (
        "write domain Omega: (x, y) in [0, 1] * [0, 2]",
        "0 < x < 1, 0 < y < 2",
        "(x, y) in [0, 1] * [0, 2]",
    ),
    "point_source": (
        "write exp(-(x - 0.5)^2/w^2)/(w*sqrt(pi)) with param w = 0.05",
        "eq: -u_xx = delta(x - 0.5)",
        "param w = 0.05\neq: -u_xx = exp(-(x - 0.5)^2/w^2)/(w*sqrt(pi))",
    ),
    "unit_behind_an_interval": ("write [0, 60]", "[0, 60] s", "[0, 60]"),
    "number_between_bounds": (
        "write unknown k > 0 < 1 guess 0.5",
        "unknown 0 < k < 1 guess 0.5",
        "unknown k > 0 < 1 guess 0.5",
    ),
    "number_in_an_interval_with_a_guess": (
        "write unknown k > 0 < 1 guess 0.5",
        "unknown k in [0, 1] guess 0.5",
        "unknown k > 0 < 1 guess 0.5",
    ),
    "number_on_a_domain": ("write unknown k guess 1", "k in Omega guess 1", "k guess 1"),
    "number_in_an_interval": ("write unknown s > 0 < 5", "s in [0, 5]", "s > 0 < 5"),
    "derivative_as_operator": ("write d((1 + x)*u_x, x)", "d/dx((1 + x)*u_x)", "d((1 + x)*u_x, x)"),
    "imaginary_unit_of_a_wave": (
        "write the real and the imaginary part as two unknowns",
        "unknown u(x, t)\neq: i*u_t = -u_xx\nbc: u = 0 on boundary\nic: u = sin(pi*x) at t = 0\n",
        "unknown v(x, t), w(x, t)\neq: v_t = -w_xx, w_t = v_xx\nbc: v = 0, w = 0 on boundary\n"
        "ic: v = sin(pi*x), w = 0 at t = 0\n",
    ),
    "advection_with_nabla": ("write advect(v, v)", "(v·∇)v", "advect(v, v)"),
    "vector_times_its_gradient": ("write advect(v, v)", "v·∇v", "advect(v, v)"),
    "partial_with_index": ("write d(u, t)", "∂_t u", "d(u, t)"),
    "power_of_a_function": ("write sin(x)^2", "sin^2(x)", "sin(x)^2"),
    "place_with_for": ("write on x = 0", "for x = 0", "on x = 0"),
    "place_with_when": ("write at t = 0", "when t = 0", "at t = 0"),
    "time_by_inequality": ("write time t in [0, 1]", "time 0 < t <= 1", "time t in [0, 1]"),
    "digits_in_groups": ("write 1000", "1_000", "1000"),
    "rectangle_by_ends": ("write [0, 1] * [0, 2]", "rectangle(0, 1, 0, 2)", "[0, 1] * [0, 2]"),
    "disk_by_radius_alone": (
        "write disk(center = (0, 0), radius = 2)",
        "disk(2)",
        "disk(center = (0, 0), radius = 2)",
    ),
    "vector_with_colon": ("write in R^2", ": R^2", "in R^2"),
    "step_function": ("write heaviside", "step", "heaviside"),
    "method_in_the_file": ("remove it", "mesh 100\n", ""),
    "sigma_negative": ("write sigma = 0.01", "= -0.01", "= 0.01"),
    "sigma_zero": ("leave sigma out", " sigma = 0", ""),
    "sigma_of_two_numbers": ("write sigma = 0.1 for all", "(0.1, 0.2)", "0.1"),
    "sigma_with_unit": ("write 0.01", "0.01 K", "0.01"),
    "sigma_without_sign": ("write sigma = 0.01", "sigma 0.01", "sigma = 0.01"),
    "sigma_behind_a_comma": (
        "write on probe sigma = 0.01",
        "on probe, sigma = 0.01",
        "on probe sigma = 0.01",
    ),
    "sigma_before_the_place": (
        "write on probe before sigma",
        "sigma = 0.01 on probe",
        "on probe sigma = 0.01",
    ),
    "noise_by_another_name": ("write sigma = 0.01", "std = 0.01", "sigma = 0.01"),
    "sigma_of_a_condition": ("leave sigma = 0.01 out", " sigma = 0.01", ""),
}


def test_there_are_many() -> None:
    assert len(MENDS) >= 70


@pytest.mark.parametrize("stem", sorted(MENDS))
def test_mended_file_is_clean(stem: str) -> None:
    said, old, new = MENDS[stem]
    path = FOLDER / f"{stem}.pde"
    (diagnostic,), source = check(path)
    assert said in (diagnostic.mend or "")
    assert source.text.count(old) == 1
    mended = Source(path.name, source.text.replace(old, new))
    problem, report = examine(mended, FOLDER, overrides(path))
    assert [(d.code, d.message) for d in report] == []
    assert problem is not None
