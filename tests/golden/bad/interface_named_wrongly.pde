domain A: (x, y) in [-1, 0] * [0, 1]
domain B: (x, y) in [0, 1] * [0, 1]
interface Gamma = A intersect C
unknown u1(x, y) in A, u2(x, y) in B
eq a: lap(u1) = 1 in A
eq b: lap(u2) = 1 in B
bc: u1 = u2 on Gamma
