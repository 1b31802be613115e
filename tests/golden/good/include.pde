problem "Materials of another file"
domain Omega: (x, y) in [-1, 1]^2
unknown u(x, y)
include "data/constants.pde"
include "data/materials.pde"
eq: L[u] = source(x) + k0
bc: u = 0  on boundary
