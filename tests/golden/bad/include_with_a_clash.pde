param k = 2
domain Omega: x in [0, 1]
unknown u(x)
include "data/materials.pde"
eq: u_xx = k
bc: u = 0 on boundary
