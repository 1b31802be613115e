domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1_000
bc: u = 0 on boundary
