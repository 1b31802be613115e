domain D: (x, y) in [0, 1]^2
unknown u(x, y), p(x, y)
eq: lap(u) = p, lap(p) = u
bc: u = 0, p = 0 on boundary
