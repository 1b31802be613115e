domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = -2
bc: u = 0 on boundary
exact u = x*(x - 1)
