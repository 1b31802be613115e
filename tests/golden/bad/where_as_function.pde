domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = where(x > 0.5, 1, 0)
bc: u = 0 on boundary
