region D = disk(center = (0, 0), radius = 1)
domain A: (x, y) in [-1, 0] * [0, 1]
interface Gamma = A intersect D
unknown u(x, y) in A
eq: lap(u) = 1
bc: u = 0 on boundary(A) minus Gamma
