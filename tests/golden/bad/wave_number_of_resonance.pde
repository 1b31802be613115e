param k = sqrt(2)*pi
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) + k^2*u = x
bc: u = 0 on boundary
