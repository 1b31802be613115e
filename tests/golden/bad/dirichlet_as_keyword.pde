domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
dirichlet: u = 0 on boundary
