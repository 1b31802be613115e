domain Omega: x in [0, 1]^3
unknown u(x)
eq: lap(u) = sum(x[i]^2 for i in range(3))
bc: u = 0 on boundary
