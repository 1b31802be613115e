# source: Hao et al. 2023, arXiv 2306.08827, HInv; 2500 values of the exact solution with noise of deviation 0.1
problem "Heat: identify the conductivity field"
domain Omega: (x, y) in [-1, 1]^2
time t in [0, 1]
unknown u(x, y, t), a(x, y)
data probe(x, y, t, value) from "data/heat_inverse.csv"
let k = 2 + sin(pi*x)*sin(pi*y)
let us = exp(-t)*sin(pi*x)*sin(pi*y)
eq: u_t - div(a*grad(u)) = d(us, t) - div(k*grad(us))
bc: a = k  on boundary
fit: u = probe.value  on probe
exact u = us, a = k
