domain Omega: x in [0, 1]^3
unknown u(x)
eq: lap(u) = sin(pi*x)
bc: u = 0 on boundary
