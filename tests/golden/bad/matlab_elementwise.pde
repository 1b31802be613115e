domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = x.^2
bc: u = 0 on boundary
