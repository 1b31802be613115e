domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 20 °C on boundary
