region H = union(disk(center = (i, 0), radius = 1) for i in 1..2.5)
domain Omega: (x, y) in H
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary
