domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: u_xx = 1, u_yy = 1
bc: u = 0 on boundary
