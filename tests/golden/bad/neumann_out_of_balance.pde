domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 1 + cos(pi*x)
bc: dn(u) = 0 on boundary
eq gauge: integral(u, Omega) = 0
