domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = u_xx
bc: u = 0 on boundary
