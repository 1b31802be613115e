param r = 0.5
domain A: (x, y) in disk(center = (0, 0), radius = r)
domain B: (x, y) in [-1, 1]^2
interface Gamma = A intersect B
unknown u(x, y) in A, v(x, y) in B
eq a: lap(u) = 1 in A
eq b: lap(v) = 1 in B
bc: v = 0  on boundary(B) where max(abs(x), abs(y)) > 0.9
bc value: u = v  on Gamma
bc flux: dn(u) = dn(v)  on Gamma
