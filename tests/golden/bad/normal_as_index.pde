domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = u
bc: u_n = 1 on boundary
