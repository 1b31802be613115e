domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = besselj(x)
bc: u = 0 on boundary
