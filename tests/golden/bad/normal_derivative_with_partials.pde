domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: -lap(u) + u = 1
bc: ∂u/∂n = 0 on boundary
