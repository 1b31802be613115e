region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (0, 0), radius = 0.5)
domain Omega: (x, y) in D - H
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
