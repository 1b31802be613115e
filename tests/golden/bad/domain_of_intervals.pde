problem "Poisson equation"
domain x in [0, 1], y in [0, 2]
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0  on boundary
