let f(s) = k*s
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = f(x)
bc: u = 0 on boundary
