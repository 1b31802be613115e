domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1e-400
bc: u = 0 on boundary
