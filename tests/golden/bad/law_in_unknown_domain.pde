domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1 in Omgea
bc: u = 0 on boundary
