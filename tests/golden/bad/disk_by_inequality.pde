domain Omega: x^2 + y^2 < 4
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0 on boundary
