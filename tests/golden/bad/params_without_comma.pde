param k = 1 h = 2
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx + k*h*u = 1
bc: u = 0 on boundary
