# source: Hao et al. 2023, arXiv 2306.08827, HNd
problem "Heat in a ball of five dimensions, flux given"
domain Omega: x in ball(center = (0, 0, 0, 0, 0), radius = 1)
time t in [0, 1]
unknown u(x, t)
let square = sum(x[i]^2 for i in 1..5)
let us = exp(square/2 + t)
eq: u_t = lap(u)/5 - square/5*us
bc: dn(u) = us  on boundary
ic: u = us  at t = 0
exact u = us
