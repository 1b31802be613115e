domain A: (x, y) in [0, 1]^2
interface Gamma = A
unknown u(x, y) in A
eq: lap(u) = 1
bc: u = 0 on boundary
