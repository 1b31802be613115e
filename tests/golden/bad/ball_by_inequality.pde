param r = 2
domain Omega: (x, y, z) in (x - 1)^2 + y^2 + z^2 <= r^2
unknown u(x, y, z)
eq: -lap(u) = 1
bc: u = 0 on boundary
