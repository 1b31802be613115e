param gamma = 1.4
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = gamma(x + 1)
bc: u = 0 on boundary
