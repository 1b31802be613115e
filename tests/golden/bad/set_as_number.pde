region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (0, 0), radius = 0.5)
domain Omega: (x, y) in D
unknown u(x, y)
eq: lap(u) = D minus H
bc: u = 0 on boundary
