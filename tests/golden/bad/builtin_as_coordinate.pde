domain Omega: (d, h) in [0, 1]^2
unknown u(d, h)
eq: lap(u) = 1
bc: u = 0 on boundary
