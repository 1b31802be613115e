param k = 1, h = 2 3
domain Omega: x in [0, h]
unknown u(x)
eq: u_xx + k*u = h
bc: u = 0 on x = 0, x = h
