domain A: (x, y) in disk(center = (0, 0), radius = 1)
domain B: (x, y) in [1, 2] * [0, 1]
interface Gamma = A intersect B
unknown u(x, y) in A, v(x, y) in B
eq a: lap(u) = 0 in A
eq b: lap(v) = 0 in B
