problem "Helmholtz"
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let us = sin(pi*x)*sin(pi*y)
eq: lap(u) + u = 2 us
bc: u = 0 on boundary
