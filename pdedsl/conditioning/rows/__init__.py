"""Rows of the factor of A(λ), law by law: exact by the symbol, or by quadrature."""
