# source: Mueller and Zeinhofer 2023, arXiv 2302.13163; Schwencke, Furtlehner 2024, arXiv 2412.10782
problem "2D Poisson, one sine"
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let us = sin(pi*x)*sin(pi*y)
eq: -lap(u) = 2*pi^2*us
bc: u = 0  on boundary
exact u = us
