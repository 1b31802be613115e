domain Omega: x in [0, 1]
unknown u(x)
eq: D[u, {x, 2}] = 1
bc: u = 0 on boundary
