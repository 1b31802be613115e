# Waves of one frequency in a box.
problem "Helmholtz equation"
param k = 4
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let us = sin(k*x)*cos(2*y)
eq: lap(u) + k^2*u = -4*us
bc: u = us  on boundary
# Where the solution is known it gives errors, and is put into every law. Else leave it out.
exact u = us
