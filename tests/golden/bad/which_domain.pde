domain A: (x, y) in [-1, 0] * [0, 1]
domain B: (x, y) in [0, 1] * [0, 1]
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0 on boundary(A)
