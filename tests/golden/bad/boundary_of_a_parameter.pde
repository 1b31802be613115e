param k = 1
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = k
bc: u = 0 on boundary(k)
