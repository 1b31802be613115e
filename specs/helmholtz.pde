# source: Wang, Teng and Perdikaris 2021, arXiv 2001.04536, section 2.3 (a1 = 1, a2 = 4)
problem "2D Helmholtz, manufactured solution"
param k = 1, a1 = 1, a2 = 4
domain Omega: (x, y) in [-1, 1]^2
unknown u(x, y)
let us = sin(a1*pi*x)*sin(a2*pi*y)
operator L[w] = lap(w) + k^2*w
eq: L[u] = L[us]
bc: u = us  on boundary
exact u = us
