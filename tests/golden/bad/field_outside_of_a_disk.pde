problem "Beyond the rim"
region  D = disk(center = (0, 0), radius = 1)
domain  Omega: (x, y) in D
unknown u(x, y)
eq: lap(u) = u(x + 0.5, y) - 1
bc: u = 0  on boundary
