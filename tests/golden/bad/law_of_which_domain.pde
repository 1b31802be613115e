domain A: (x, y) in [-1, 0] * [0, 1]
domain B: (x, y) in [0, 1] * [0, 1]
unknown u(x, y) in A, w(x, y) in B
eq: lap(u) = lap(w)
bc: u = 0 on boundary(A)
bc: w = 0 on boundary(B)
