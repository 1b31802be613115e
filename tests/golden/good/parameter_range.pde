problem "Helmholtz for a range of wave numbers"
param   k in [0.5, 1.5]
domain  Omega: x in [0, 1]
unknown u(x)
let     us = sin(k*x)
eq: u_xx + k^2*u = 0
bc: u = us  on boundary
exact u = us
