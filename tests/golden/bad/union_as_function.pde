region H = union(disk(center = (0, 0), radius = 1), disk(center = (1, 0), radius = 1))
domain Omega: (x, y) in H
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
