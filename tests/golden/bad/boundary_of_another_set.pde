region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (3, 0), radius = 0.3)
domain Omega: (x, y) in D
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
bc other: u = 1  on boundary(H)
