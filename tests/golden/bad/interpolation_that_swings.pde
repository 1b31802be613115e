domain Omega: (x, y) in [0, 1]^2
data step(x, y, k) from "data/step.npz" cubic
unknown u(x, y)
eq: lap(u) = step.k
bc: u = 0 on boundary
