# The lowest eigenvalue: an unknown number with a guess, and a law that sets the size of u.
problem "Eigenvalue"
domain Omega: x in [0, 1]
unknown u(x)
unknown lambda > 5 guess 9
eq: -u_xx = lambda*u
bc: u = 0  on boundary
eq size: u = 1  at x = 1/2
exact u = sin(pi*x), lambda = pi^2
