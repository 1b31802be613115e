# source: Lu et al. 2021, arXiv 1907.04502, section 4.1 (L-shaped domain)
# note: the gradient is unbounded at the reentrant corner (0, 0), u behaves like r^(2/3)
problem "Poisson, L-shaped domain"
domain Omega: (x, y) in polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
reference u(x, y) from "data/poisson_lshape.csv"
