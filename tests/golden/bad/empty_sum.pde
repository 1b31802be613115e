domain Omega: x in [0, 1]^3
unknown u(x)
eq: lap(u) = sum(x[i] for i in 3..1)
bc: u = 0 on boundary
