domain Omega: (x, y) in [0, 1]^2 intersect [1, 2] * [0, 1]
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
