domain Omega: (x, on) in [0, 1]^2
unknown u(x)
eq: u_xx = 1
bc: u = 0 on boundary
