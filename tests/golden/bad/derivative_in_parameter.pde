param k = 2
domain Omega: x in [0, 1]
unknown u(x)
eq: d(u, k) = 1
bc: u = 0 on boundary
