domain Omega: x in [1, 0]
unknown u(x)
eq: u_xx = 1
bc: u = 0 on boundary
