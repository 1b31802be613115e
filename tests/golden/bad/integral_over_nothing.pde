domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = cos(pi*x)
bc: dn(u) = 0 on boundary
eq gauge: integral(u, x) = 0
