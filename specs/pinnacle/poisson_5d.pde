# source: Hao et al. 2023, arXiv 2306.08827, PNd
problem "Poisson in five dimensions, a sum of sines"
domain Omega: x in [0, 1]^5
unknown u(x)
let us = sum(sin(pi*x[i]/2) for i in 1..5)
eq: -lap(u) = pi^2/4*us
bc: u = us  on boundary
exact u = us
