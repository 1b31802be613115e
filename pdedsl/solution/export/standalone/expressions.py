"""Functions of the inputs that are known in symbols, as text of NumPy."""

from __future__ import annotations

import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from pdedsl.compiler.exact_conditions.fixed_jets import FixedJets
from pdedsl.models.networks.hard import FixedFunctions

from .calls import Call, Name, call
from .refusal import refuse


def fixed_call(functions: FixedFunctions, ending: str) -> Call:
    """The functions, one for each output.

    Raises:
        UserError: E803, one of them is not made of functions that NumPy has.
    """
    assert isinstance(functions, FixedJets)
    arguments, expressions = functions.values
    columns = [sp.Symbol(f"x[:, {i}]", real=True) for i in range(len(arguments))]
    known = dict(zip(arguments, columns, strict=True))
    printer = NumPyPrinter({"fully_qualified_modules": True, "allow_unknown_functions": False})
    texts = []
    for expression in expressions:
        try:
            text = printer.doprint(expression.xreplace(known)).replace("numpy.", "np.")
        except (ValueError, NotImplementedError, TypeError):
            text = "("
        if text == "(" or "#" in text or "scipy" in text:
            refuse(ending, "values that are built into its network are no functions of NumPy")
        texts.append(text)
    return call("_fixed", Name(f"lambda x: [{', '.join(texts)}]"))
