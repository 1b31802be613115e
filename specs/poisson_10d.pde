# source: Dangel, Mueller and Zeinhofer 2024, arXiv 2405.15603, 10d Poisson experiment
problem "Poisson in ten dimensions, harmonic quadratic solution u = x1 x2 + x3 x4 + ... + x9 x10"
domain Omega: x in [0, 1]^10
unknown u(x)
let us = sum(x[2*i - 1]*x[2*i] for i in 1..5)
eq: -lap(u) = 0
bc: u = us  on boundary
exact u = us
