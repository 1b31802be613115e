domain Omega: x in [0, 1]
unknown u(x), v(x)
eq: u_xx + v = 1
bc: u = 0 on boundary
