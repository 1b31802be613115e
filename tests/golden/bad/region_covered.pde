region D = disk(center = (0, 0), radius = 1)
domain Omega: (x, y) in D minus disk(center = (0, 0), radius = 2)
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
