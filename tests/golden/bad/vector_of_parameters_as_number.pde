param k = (1, 2)
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = k*u
bc: u = 0 on boundary
