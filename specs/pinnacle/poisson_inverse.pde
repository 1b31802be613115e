# source: Hao et al. 2023, arXiv 2306.08827, PInv; 2500 values of the exact solution with noise of deviation 0.1
problem "Poisson: identify the conductivity field"
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y), a(x, y)
data probe(x, y, value) from "data/poisson_inverse.csv"
let k = 1/(1 + x^2 + y^2 + (x - 1)^2 + (y - 1)^2)
let us = sin(pi*x)*sin(pi*y)
eq: -div(a*grad(u)) = -div(k*grad(us))
bc: a = k  on boundary
fit: u = probe.value  on probe
exact u = us, a = k
