region D = disk(center = (0, 0), radius = 1)
domain Omega: (x, y) in D
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
bc other: u = 1  on boundary where x > 2
