param k = 1e
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx + k*u = 1
bc: u = 0 on boundary
