param nu = 1
domain Omega: x in [0, 1]
unknown u(x, nu)
eq: nu*u_xx = 1
bc: u = 0 on boundary
