param k = (1, 2)
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = k[3]
bc: u = 0 on boundary
