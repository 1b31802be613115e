param k = (1, x)
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = k[1]
bc: u = 0 on boundary
