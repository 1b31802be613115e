domain D: (x, y) in [0, 1]^2
unknown u(x, y)
eq: \nabla^2 u = 1
bc: u = 0 on boundary
