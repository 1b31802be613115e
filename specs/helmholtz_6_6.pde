# source: Urban, Stefanou and Pons 2025, arXiv 2405.04230 (a1 = a2 = 6, k = 1)
problem "2D Helmholtz, six periods each way"
param k = 1, a1 = 6, a2 = 6
domain Omega: (x, y) in [-1, 1]^2
unknown u(x, y)
let us = sin(a1*pi*x)*sin(a2*pi*y)
operator L[w] = lap(w) + k^2*w
eq: L[u] = L[us]
bc: u = us  on boundary
exact u = us
