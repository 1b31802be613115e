domain Omega: x in [0, 1]
unknown u(x)
include "data/wrong.pde"
eq: u_xx = 1
bc: u = 0 on boundary
