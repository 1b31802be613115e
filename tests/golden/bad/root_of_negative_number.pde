domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = sqrt(-2)
bc: u = 0 on boundary
