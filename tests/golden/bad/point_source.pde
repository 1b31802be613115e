domain Omega: x in [0, 1]
unknown u(x)
eq: -u_xx = delta(x - 0.5)
bc: u = 0 on boundary
