problem "Poisson in many dimensions"
param   a = 2
domain  Omega: x in [0, 1]^4
unknown u(x)
let us = sum(x[i]^i for i in 1..4) + a*x[1]*x[4]
eq: -lap(u) = -lap(us) + dot(x, x) - sum(x[j]^2 for j in 1..4)
bc: u = us  on boundary
exact u = us
