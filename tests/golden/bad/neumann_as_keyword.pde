domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx - u = 1
neumann: u = 0 on boundary
