domain Omega: (x, x) in [0, 1]^2
unknown u(x)
eq: lap(u) = 1
bc: u = 0 on boundary
