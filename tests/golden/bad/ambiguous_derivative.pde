domain Omega: (x, i, xi) in [0, 1]^3
unknown u(x, i, xi)
eq: u_xi = 1
bc: u = 0 on boundary
